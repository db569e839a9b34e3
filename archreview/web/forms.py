from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws forms and fields with the templates of this project; widgets as Django has them."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
