"""What all pages share: request types, htmx answers, forms, pages of lists, template tags. It has no models."""
