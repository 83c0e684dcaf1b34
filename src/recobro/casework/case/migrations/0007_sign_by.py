from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("case", "0006_as_listed"),
    ]

    operations = [
        migrations.AddField(
            model_name="handover",
            name="sign_by",
            field=models.DateField(blank=True, null=True),
        ),
    ]
