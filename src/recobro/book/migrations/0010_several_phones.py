from typing import Any

from django.db import migrations, models

from recobro.terms.phones import kept_as

_AT_ONCE = 2_000


def compare(apps: Any, schema_editor: Any) -> None:
    """Let those who can be found now be found by each of their telephone numbers at once."""
    findable = apps.get_model("book", "Findable")
    rows = findable.objects.using(schema_editor.connection.alias)
    batch = []
    for one in rows.select_related("borrower").order_by("pk").iterator(_AT_ONCE):
        one.phone = kept_as(one.borrower.phone)
        batch.append(one)
        if len(batch) == _AT_ONCE:
            rows.bulk_update(batch, ["phone"])
            batch = []
    rows.bulk_update(batch, ["phone"])


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0009_as_listed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="findable",
            name="phone",
            field=models.CharField(default="", max_length=200),
        ),
        migrations.RunPython(compare, migrations.RunPython.noop),
    ]
