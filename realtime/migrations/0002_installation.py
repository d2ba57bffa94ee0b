"""The one row that holds the epoch."""

from django.db import migrations


def install(apps, schema_editor):
    apps.get_model("realtime", "Installation").objects.get_or_create(id=1)


class Migration(migrations.Migration):
    dependencies = [("realtime", "0001_initial")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
