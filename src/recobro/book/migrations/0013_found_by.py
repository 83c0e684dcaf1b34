from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('book', '0012_written_in_bulk'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='close',
            name='findable',
        ),
        migrations.AddField(
            model_name='close',
            name='found_by',
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
