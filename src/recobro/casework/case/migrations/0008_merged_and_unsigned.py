import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('book', '0013_found_by'),
        ('case', '0007_sign_by'),
    ]

    operations = [
        migrations.AddField(
            model_name='handover',
            name='escalated_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='book.institution'),
        ),
        migrations.AlterField(
            model_name='case',
            name='outcome',
            field=models.CharField(blank=True, choices=[('cured', 'cured'), ('paid', 'paid'), ('sold', 'sold'), ('extinguished', 'extinguished'), ('merged', 'merged')], max_length=20),
        ),
    ]
