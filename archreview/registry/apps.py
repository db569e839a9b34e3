from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "archreview.registry"
    verbose_name = "Registry"
