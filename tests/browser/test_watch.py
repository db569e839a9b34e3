"""The watch that every browser test stands under can itself fail: each of its complaints is provoked here once."""

import pytest


@pytest.fixture
def spoken(complaints):
    """The complaints so far, taken out so that the test that provoked them passes."""

    def take() -> list[str]:
        texts, complaints.texts = complaints.texts, []
        return texts

    return take


def test_it_refuses_a_request_to_another_host(page, spoken):
    page.goto("/accounts/sign-in/")
    page.evaluate("fetch('http://example.org/pixel.gif', {mode: 'no-cors'}).catch(() => 0)")

    assert any("example.org" in text for text in spoken())


def test_it_notices_an_inline_script_and_an_inline_style(page, spoken):
    page.goto("/accounts/sign-in/")
    with page.expect_console_message(lambda message: "inline script" in message.text.lower()):
        page.evaluate(
            """() => {
                document.body.insertAdjacentHTML('beforeend', '<p style="color: red">red</p>');
                const script = document.createElement('script');
                script.textContent = 'window.ran = true';
                document.body.append(script);
            }"""
        )

    assert page.evaluate("window.ran") is None
    texts = " ".join(spoken()).lower()
    assert "inline style" in texts
    assert "inline script" in texts


def test_it_notices_an_answer_that_is_not_there(page, spoken):
    page.goto("/accounts/sign-in/")
    with page.expect_console_message(lambda message: "404" in message.text):
        page.evaluate("fetch('/static/nothing-of-that-name.css')")

    assert any("404" in text for text in spoken())


def test_axe_finds_a_picture_without_words(page, assert_accessible):
    page.goto("/accounts/sign-in/")
    page.evaluate("document.body.append(new Image(10, 10))")

    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)


def test_the_sign_in_page_is_accessible_in_both_schemes(page, assert_accessible, assert_no_sideways_scroll):
    page.goto("/accounts/sign-in/")

    assert_accessible(page)
    assert_no_sideways_scroll(page)
