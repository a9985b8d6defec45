"""Members, Audit and Account in a browser: roles given, keys made, each to whom it is due."""

from tests.web.conftest import PASSWORD, Person


def test_an_admin_lets_somebody_in(person: Person) -> None:
    person.log_in("admin")
    person.visit("/members?project=DEV")
    person.says("contributor")
    assert person.browser.texts("[data-part=users]") == []
    person.open_to_all()
    person.type("[data-part=members] [aria-label=user]", "stranger")
    person.press("Let in")
    person.says("stranger is viewer in DEV")
    held = {each.user: each.role for each in person.fleet.workspace.members("DEV")}
    assert held["stranger"] == "viewer"
    person.click("[aria-label='Remove stranger']")
    person.press("Remove")
    person.soon(lambda: "stranger" not in str(person.fleet.workspace.members("DEV")))
    person.fine()


def test_a_viewer_sees_members_and_changes_none(person: Person) -> None:
    person.log_in("viewer")
    person.visit("/members")
    person.says("contributor")
    assert "Let in" not in person.text()
    assert "Audit" not in person.browser.texts("nav a")
    person.visit("/audit")
    person.says("This page is not for your role")
    person.fine()


def test_the_owner_makes_users_and_projects(person: Person) -> None:
    person.log_in("boss")
    person.visit("/members")
    person.type("form [aria-label=name]", "new one")
    person.type("form [aria-label=password]", "short")
    person.press("Make user")
    person.says("expected")
    person.visit("/members")
    person.type("form [aria-label=name]", "newcomer")
    person.type("form [aria-label=password]", PASSWORD)
    person.press("Make user")
    person.says("User newcomer is made")
    person.type("[aria-label='name, such as DEV']", "YARD")
    person.press("Make project")
    person.soon(lambda: "YARD" in [each.name for each in person.fleet.workspace.projects()])
    person.visit("/audit?action=project.create")
    person.says("YARD")
    person.open_to_all()
    person.fine()


def test_a_key_is_shown_once_and_revoked(person: Person) -> None:
    person.log_in("contributor")
    person.visit("/account")
    person.open_to_all()
    person.type("[aria-label='what it is for']", "loader")
    person.press("Make key")
    secret = person.soon(lambda: person.browser.texts("code.secret"))[0]
    assert person.fleet.workspace.identify(secret).name == "contributor"
    person.press("I have it")
    person.click("[aria-label='Revoke loader']")
    person.press("Revoke")
    person.says("None yet")
    person.fine()
