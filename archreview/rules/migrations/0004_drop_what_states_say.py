from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("rules", "0003_give_states"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="catalogsettings",
            name="built_in_hash",
        ),
        migrations.RemoveField(
            model_name="obligation",
            name="built_in_hash",
        ),
        migrations.RemoveField(
            model_name="rule",
            name="built_in_hash",
        ),
        migrations.RemoveField(
            model_name="rule",
            name="enabled",
        ),
    ]
