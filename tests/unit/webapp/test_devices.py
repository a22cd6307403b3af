"""Browsers in two words."""

import pytest

from webapp.domain.account.devices import short_name

_MOZILLA = "Mozilla/5.0"
KNOWN = {
    f"{_MOZILLA} (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36": "Chrome, Android",
    f"{_MOZILLA} (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Safari/604.1": "Safari, iPhone",
    f"{_MOZILLA} (Windows NT 10.0; Win64; x64) AppleWebKit/537 Chrome/126.0 Safari/537 Edg/126.0": "Edge, Windows",
    f"{_MOZILLA} (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox, Linux",
    f"{_MOZILLA} (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1 Version/17.5 Safari/605.1": "Safari, Mac",
    f"{_MOZILLA} (Linux; Android 13) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0": "Samsung Internet, Android",
    "curl/8.0": "",
    "": "",
    "<script>alert(1)</script>" * 100: "",
}


@pytest.mark.parametrize("user_agent", KNOWN)
def test_a_browser_is_named_in_two_words_and_nothing_of_its_own_description_is_kept(user_agent: str) -> None:
    assert short_name(user_agent) == KNOWN[user_agent]
