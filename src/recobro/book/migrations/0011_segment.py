from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0010_several_phones"),
    ]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="segment",
            field=models.CharField(default="", max_length=3),
        ),
    ]
