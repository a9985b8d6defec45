"""The page Patterns in a browser: drawn, typed, ranked, shared."""

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from tests.web.conftest import Person

LAB = "/patterns?table=lab&signal=iot_signal_3"


def test_a_typed_pattern_is_found_and_in_the_address(person: Person) -> None:
    person.log_in("viewer")
    person.visit(LAB + "&m=6")
    person.open_to_all()
    person.type("textarea", "54, 53, 52, 51")
    person.press("Find it in the fleet")
    person.shows("[data-part=matches] td a.link", 20)
    person.soon(lambda: "values=54%2C+53" in person.browser.chrome.current_url)
    person.fine()


def test_what_is_no_pattern_is_said(person: Person) -> None:
    person.log_in("viewer")
    person.visit(LAB)
    person.type("textarea", "54, fifty")
    person.press("Find it in the fleet")
    person.says("expected numbers such as 54, 53, 52, 51")
    person.fine()


def test_a_drawn_pattern_is_found(person: Person) -> None:
    person.log_in("viewer")
    person.visit(LAB + "&m=8")
    box = person.browser.chrome.find_element(By.CSS_SELECTOR, ".sketch")
    mouse = ActionChains(person.browser.chrome).move_to_element_with_offset(box, -120, -40)
    mouse.click_and_hold()
    for step in range(8):
        mouse.move_by_offset(25, 12 if step < 4 else -12)
    mouse.release().perform()
    assert person.soon(lambda: person.browser.texts("[data-part=matches] td a.link"))
    drawn = person.script("return document.querySelector('textarea').value").split(",")
    assert len(drawn) == 8
    assert float(drawn[0]) > float(drawn[4])
    person.fine()


def test_discords_and_shared_motifs_of_the_fleet(person: Person) -> None:
    person.log_in("viewer")
    person.visit(LAB + "&m=6")
    person.press("Rank discords")
    person.soon(lambda: person.browser.texts("td time"))
    person.press("Find shared motifs")
    person.says("occurrences")
    person.fine()
