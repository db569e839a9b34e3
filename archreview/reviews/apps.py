from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "archreview.reviews"
    verbose_name = "Reviews"
