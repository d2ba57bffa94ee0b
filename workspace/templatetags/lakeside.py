"""What the templates of every room share: icons, and the browser's modules."""

from typing import Any

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from workspace import modules

register = template.Library()


@register.filter
def language_tag(code: str) -> str:
    """Django's code of a language as HTML writes it: `zh-hans` is `zh-Hans`."""
    language, _, rest = code.partition("-")
    return f"{language}-{rest.title() if len(rest) == 4 else rest.upper()}" if rest else language


@register.filter
def as_input(field: BoundField) -> SafeString:
    """The field's widget in the dress of the house; Django adds what ties it to its help and its errors."""
    return field.as_widget(attrs={"class": f"input {field.field.widget.attrs.get('class', '')}".strip()})


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A picture from static/icons.svg, silent for screen readers: `{% icon "search" %}`, `{% icon "pin" "small" %}`."""
    size = f" icon--{size}" if size else ""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"></use></svg>', size, static("icons.svg"), name
    )


@register.simple_tag
def mark() -> SafeString:
    """The moon over the lake."""
    return format_html('<svg class="mark" aria-hidden="true"><use href="{}#i-mark"></use></svg>', static("icons.svg"))


@register.simple_tag(takes_context=True)
def module_scripts(context: Context, entry: str) -> SafeString:
    """The import map, and a page's module with all that it imports: `{% module_scripts "chat/main" %}`."""
    language = get_language() or "en"
    # The map is our own JSON of addresses; `<` can’t occur in it, and escaping would break it.
    import_map: Any = mark_safe(modules.import_map(language))  # noqa: S308
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>\n{}\n{}',
        context["CSP_NONCE"],
        import_map,
        format_html_join(
            "\n", '<link rel="modulepreload" href="{}">', ((url,) for url in modules.needed_by(entry, language))
        ),
        format_html('<script type="module" src="{}"></script>', modules.address(entry)),
    )
