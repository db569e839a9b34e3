from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "archreview.registry"
    verbose_name = "Registry"

    def ready(self) -> None:
        from archreview.jobs.kinds import offer
        from archreview.registry.large_files import IMPORT_KIND

        offer(IMPORT_KIND)
