"""Stylesheet, modules and icons as they reach a browser."""

import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from tests.cast import browser_of
from workspace import modules
from workspace.staticfiles import IMPORT, STYLESHEET, StaticFiles, joined

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"


def collected() -> dict:
    return {path: (storage, path) for finder in get_finders() for path, storage in finder.list([])}


def test_the_stylesheet_is_joined_from_all_its_parts_in_their_order():
    text = joined(STYLESHEET, collected())
    assert not IMPORT.search(text)
    pages = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    parts = [path for path in (STATIC / "css").rglob("*.css") if f"css/{path.name}" not in pages]
    assert len(parts) > 30
    assert [path.name for path in parts if path.read_text() not in text] == []
    assert (
        text.index("@layer reset, base")
        < text.index(".old-browser")
        < text.index("--mist-0")
        < text.index(".visually-hidden")
    )


def test_a_part_that_is_missing_is_not_passed_over():
    files = collected()
    del files["css/tokens.css"]
    with pytest.raises(KeyError, match="tokens"):
        joined(STYLESHEET, files)


def test_production_serves_one_hashed_compressed_stylesheet(tmp_path):
    ours = {
        path: place for path, place in collected().items() if path.startswith("css/") and path != "css/api-docs.css"
    }
    storage = StaticFiles(location=tmp_path, base_url="/static/")
    for path, (source, name) in ours.items():
        storage.save(path, source.open(name))
    assert all(done for _name, _hashed, done in storage.post_process(ours))
    sheet = tmp_path / json.loads((tmp_path / "staticfiles.json").read_text())["paths"][STYLESHEET]
    assert "@import" not in sheet.read_text()
    assert "--mist-0" in sheet.read_text()
    assert sheet.with_name(f"{sheet.name}.br").stat().st_size < 20_000


def test_every_module_has_one_address_however_it_is_named():
    imports = json.loads(modules.import_map("en"))["imports"]
    assert imports["lakeside/app/toast"].endswith(".js")
    for name in modules.modules():
        if not name.startswith("words/"):
            plain = f"{settings.STATIC_URL}js/{name}.js"
            assert imports.get(plain, plain) == imports[f"lakeside/{name}"]


def test_a_page_asks_for_everything_that_it_will_need(lin):
    html = browser_of(lin).get("/o/lakeside/people/").content.decode()
    preloaded = re.findall(r'modulepreload" href="([^"]+)"', html)
    assert preloaded.index(modules.address("words")) < preloaded.index(modules.address("people/main"))
    for name in modules.needed_by(["app/main", "people/main"], "en"):
        assert name in preloaded
    assert html.index("importmap") < html.index("modulepreload")


@pytest.mark.parametrize("name", sorted(modules.modules()))
def test_what_a_module_imports_is_there(name):
    imported = modules.IMPORT.findall(modules.modules()[name].read_text())
    assert [specifier for specifier in imported if modules.resolved(specifier, name) not in modules.modules()] == []


def test_the_browsers_words_are_of_the_readers_language(monkeypatch):
    monkeypatch.setattr(modules, "modules", lambda: {"words": None, "words/catalogue": None, "words/zh-hans": None})
    assert modules.catalogue_of("zh-hans") == "words/zh-hans"
    assert modules.catalogue_of("en") == "words/catalogue"


def test_scripts_run_by_nonce_or_by_file_only(lin):
    response = browser_of(lin).get("/o/lakeside/people/")
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)[1]
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", response.content.decode(), re.DOTALL):
        assert f'nonce="{nonce}"' in attributes if body.strip() else " src=" in attributes


def test_the_sprite_draws_what_is_used_and_nothing_else():
    drawn = set(re.findall(r'<symbol id="i-([a-z-]+)"', (STATIC / "icons.svg").read_text()))
    templates = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    scripts = "".join(path.read_text() for path in (STATIC / "js").rglob("*.js"))
    used = {"mark"}
    for pattern in (r'\{% icon "([a-z-]+)"', r"#i-([a-z-]+)", r'(?:icon_name|verb_icon)="([a-z-]+)"'):
        used |= set(re.findall(pattern, templates))
    for call in re.findall(r"\bicon(?:\(|: )([^)}]*)", scripts):
        used |= set(re.findall(r"'([a-z-]+)'", call)) - {"small", "large"}
    assert used == drawn


def test_pages_travel_compressed_and_answers_of_the_api_do_not(lin):
    browser = browser_of(lin, headers={"Accept-Encoding": "gzip"})
    page = browser.get("/o/lakeside/people/")
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.content) < 20_000
    assert "Content-Encoding" not in browser.get("/api/v1/orgs/lakeside/members").headers
