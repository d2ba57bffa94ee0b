"""Addresses as people type them."""

from django.test import Client


def test_a_page_is_found_without_its_last_slash(client: Client) -> None:
    answer = client.get("/sign-in")
    assert (answer.status_code, answer["Location"]) == (301, "/sign-in/")


def test_the_api_has_no_second_address(client: Client) -> None:
    assert client.get("/api/v1/me/").status_code == 404
