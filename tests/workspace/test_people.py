"""Users, passwords, sessions, keys and roles, on each database."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import update

from motifleet.errors import (
    InvalidArgumentError,
    NameTakenError,
    NotAllowedError,
    NotLoggedInError,
    TooManyLoginsError,
    UnknownKeyError,
    UnknownProjectError,
    UnknownUserError,
)
from motifleet.workspace import (
    ACTIONS,
    ROLES,
    Actor,
    MemberRole,
    Store,
    actor_of,
    add_api_key,
    add_project,
    add_user,
    check,
    find_project,
    list_api_keys,
    list_audit,
    list_members,
    list_projects,
    log_in,
    log_out,
    owner_token,
    remove_member,
    remove_project,
    remove_user,
    revoke_api_key,
    set_active,
    set_member,
    set_password,
)
from motifleet.workspace.logins import SESSION_MS
from motifleet.workspace.record import record
from motifleet.workspace.schema import api_keys, logins, users

OWNER = Actor("owner", owner=True)
PASSWORD = "correct horse"


@pytest.fixture
def ann(store: Store, tmp_path: Path) -> str:
    """A contributor in DEV, a viewer in PRD, nothing in OTHER."""
    add_user(store, OWNER, "ann", PASSWORD)
    for name in ("DEV", "PRD", "OTHER"):
        add_project(store, OWNER, name, tmp_path / "projects" / name, guarded=name == "PRD")
    set_member(store, OWNER, "DEV", "ann", "contributor")
    set_member(store, OWNER, "PRD", "ann", "viewer")
    return "ann"


def project_id(store: Store, name: str) -> str:
    return find_project(store, OWNER, name).id


def test_a_password_begins_a_session_which_says_who_it_is(store: Store, ann: str) -> None:
    actor = actor_of(store, log_in(store, ann, PASSWORD))
    assert (actor.name, actor.owner) == ("ann", False)
    assert actor.role_in(project_id(store, "DEV")) == "contributor"
    assert actor.role_in(project_id(store, "PRD")) == "viewer"
    assert [each.name for each in list_projects(store, actor)] == ["DEV", "PRD"]


def test_who_is_no_member_is_not_told_that_there_is_a_project(store: Store, ann: str) -> None:
    actor = actor_of(store, log_in(store, ann, PASSWORD))
    with pytest.raises(UnknownProjectError) as hidden:
        find_project(store, actor, "OTHER")
    with pytest.raises(UnknownProjectError) as missing:
        find_project(store, actor, "XXXXX")
    assert str(hidden.value).replace("OTHER", "XXXXX") == str(missing.value)


def test_no_password_is_in_the_database(store: Store, ann: str) -> None:
    with store.read() as connection:
        kept = connection.scalar(users.select().with_only_columns(users.c.password))
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


@pytest.mark.parametrize(("name", "password"), [("ann", "wrong horse"), ("bob", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_sound_the_same(
    store: Store, ann: str, name: str, password: str
) -> None:
    with pytest.raises(NotLoggedInError, match="the name or the password is wrong"):
        log_in(store, name, password)


def test_a_new_password_ends_all_sessions(store: Store, ann: str) -> None:
    sessions = [log_in(store, ann, PASSWORD) for _ in range(2)]
    set_password(store, OWNER, ann, "another horse")
    for session in sessions:
        with pytest.raises(NotLoggedInError):
            actor_of(store, session)
    with pytest.raises(NotLoggedInError):
        log_in(store, ann, PASSWORD)
    assert actor_of(store, log_in(store, ann, "another horse")).name == ann


def test_a_session_ends_by_logging_out_and_by_itself(store: Store, ann: str) -> None:
    first, second = log_in(store, ann, PASSWORD), log_in(store, ann, PASSWORD)
    log_out(store, first)
    with pytest.raises(NotLoggedInError):
        actor_of(store, first)
    assert actor_of(store, second).name == ann
    with store.write() as connection:
        connection.execute(update(logins).values(expires_at=logins.c.expires_at - SESSION_MS))
    with pytest.raises(NotLoggedInError):
        actor_of(store, second)


def test_logging_in_and_out_is_in_the_audit_log(store: Store, ann: str) -> None:
    session = log_in(store, ann, PASSWORD)
    log_out(store, session)
    log_out(store, session)  # which has ended already
    log_out(store, "mfs-nothing")
    told = [(each.who, each.details["done"]) for each in list_audit(store, who=ann)]
    assert told == [(ann, "logged out"), (ann, "logged in")]


def test_the_audit_log_keeps_its_order_within_a_millisecond(store: Store) -> None:
    with store.write() as connection:
        for number in range(500):
            record(connection, OWNER, "job.run", f"{number}")
    told = [each.subject for each in list_audit(store, action="job.run", limit=1000)]
    assert told == [f"{number}" for number in range(499, -1, -1)]


def test_wrong_passwords_are_slowed_down_by_name_and_address(store: Store, ann: str) -> None:
    for _ in range(5):
        with pytest.raises(NotLoggedInError):
            log_in(store, ann, "wrong horse", "10.0.0.1")
    with pytest.raises(TooManyLoginsError) as refused:
        log_in(store, ann, PASSWORD, "10.0.0.1")
    assert 0 < refused.value.seconds <= 900
    assert actor_of(store, log_in(store, ann, PASSWORD, "10.0.0.2")).name == ann


def test_wrong_passwords_at_once_are_all_counted(store: Store, ann: str) -> None:
    told: list[type[Exception]] = []

    def guess() -> None:
        try:
            log_in(store, ann, "wrong horse")
        except (NotLoggedInError, TooManyLoginsError) as error:
            told.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 8
    assert told.count(NotLoggedInError) == 5


def test_right_passwords_are_never_slowed_down(store: Store, ann: str) -> None:
    for _ in range(8):
        log_in(store, ann, PASSWORD)


def test_who_is_locked_out_has_neither_session_nor_key(store: Store, ann: str) -> None:
    session = log_in(store, ann, PASSWORD)
    _, key = add_api_key(store, OWNER, ann, "viewer")
    set_active(store, OWNER, ann, False)
    for secret in (session, key):
        with pytest.raises(NotLoggedInError):
            actor_of(store, secret)
    with pytest.raises(NotLoggedInError):
        log_in(store, ann, PASSWORD)
    set_active(store, OWNER, ann, True)
    assert actor_of(store, key).name == ann


def test_a_key_reaches_no_further_than_its_role_its_project_and_its_user(
    store: Store, ann: str
) -> None:
    dev, prd = project_id(store, "DEV"), project_id(store, "PRD")
    _, secret = add_api_key(store, OWNER, ann, "operator", project="DEV")
    assert actor_of(store, secret).role_in(dev) == "operator"
    assert actor_of(store, secret).role_in(prd) == "user"
    _, wide = add_api_key(store, OWNER, ann, "admin")
    assert actor_of(store, wide).role_in(dev) == "contributor"
    assert actor_of(store, wide).role_in(prd) == "viewer"
    remove_member(store, OWNER, "DEV", ann)
    assert actor_of(store, secret).role_in(dev) == "user"


def test_an_owners_key_is_no_owner(store: Store, ann: str) -> None:
    add_user(store, OWNER, "olga", PASSWORD, owner=True)
    _, secret = add_api_key(store, OWNER, "olga", "admin")
    actor = actor_of(store, secret)
    assert actor.role_in(project_id(store, "OTHER")) == "admin"
    with pytest.raises(NotAllowedError, match=r"user\.write needs the role owner"):
        check(actor, "user.write")


def test_a_key_is_shown_once_expires_and_is_revoked(store: Store, ann: str) -> None:
    key, secret = add_api_key(store, OWNER, ann, "viewer", name="lab", seconds=60)
    listed = list_api_keys(store, ann)
    assert [(each.id, each.name) for each in listed] == [(key.id, "lab")]
    assert secret not in str(listed[0].to_dict())
    assert secret.startswith(listed[0].hint)
    actor_of(store, secret)
    assert list_api_keys(store)[0].used_at is not None
    with store.write() as connection:
        connection.execute(update(api_keys).values(expires_at=1))
    with pytest.raises(NotLoggedInError):
        actor_of(store, secret)
    revoke_api_key(store, OWNER, key.id)
    assert list_api_keys(store) == []
    with pytest.raises(UnknownKeyError):
        revoke_api_key(store, OWNER, key.id)


def test_the_token_of_the_home_is_its_owners_alone(store: Store, tmp_path: Path) -> None:
    token = owner_token(tmp_path)
    assert owner_token(tmp_path) == token
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
    assert actor_of(store, token, token).owner
    for wrong in ("", token[:-1], f"{token}x", "ü\udc80"):
        with pytest.raises(NotLoggedInError):
            actor_of(store, wrong, token)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_role_may_do_what_the_table_says(action: str, role: MemberRole) -> None:
    ladder = ["anyone", "user", *ROLES, "owner"]
    actor = Actor("ann", "usr-1", roles={"prj-1": role})
    reaches = ladder.index(role) >= ladder.index(ACTIONS[action][0])
    assert actor.may(action, "prj-1") is reaches
    assert actor.may(action, "prj-2") is (ACTIONS[action][0] in ("anyone", "user"))
    assert OWNER.may(action, "prj-1")


def test_everything_that_is_done_is_in_the_audit_log(store: Store, ann: str) -> None:
    remove_member(store, OWNER, "DEV", ann)
    remove_project(store, OWNER, "DEV")
    remove_user(store, OWNER, ann)
    told = [(each.action, each.subject) for each in list_audit(store)]
    assert told[:3] == [("user.write", "ann"), ("project.remove", "DEV"), ("member.write", "ann")]
    assert {each.who for each in list_audit(store)} == {"owner"}
    assert [each.action for each in list_audit(store, project="PRD")] == [
        "member.write",
        "project.create",
    ]
    newest = list_audit(store, limit=1)[0]
    assert list_audit(store, before=newest.id, limit=1)[0].action == "project.remove"


def test_names_are_had_once_and_are_harmless(store: Store, ann: str, tmp_path: Path) -> None:
    with pytest.raises(NameTakenError):
        add_user(store, OWNER, "ann")
    with pytest.raises(NameTakenError):
        add_project(store, OWNER, "DEV", tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()
    for name in ("", "../x", "a/b", ".hidden", "a b", "x" * 65, "ü", "a\n"):
        with pytest.raises(InvalidArgumentError, match="expected the name of a user"):
            add_user(store, OWNER, name)
        with pytest.raises(InvalidArgumentError, match="expected the name of a project"):
            add_project(store, OWNER, name, tmp_path / "p")


@pytest.mark.parametrize("password", ["short", "x" * 1001])
def test_a_password_has_a_length(store: Store, password: str) -> None:
    with pytest.raises(InvalidArgumentError, match="expected a password of 10 to 1000"):
        add_user(store, OWNER, "bob", password)


def test_a_role_takes_the_place_of_the_one_before(store: Store, ann: str) -> None:
    set_member(store, OWNER, "DEV", ann, "admin")
    assert [(each.user, each.role) for each in list_members(store, OWNER, "DEV")] == [
        ("ann", "admin")
    ]
    with pytest.raises(UnknownUserError):
        set_member(store, OWNER, "DEV", "nobody", "admin")
    with pytest.raises(UnknownUserError):
        remove_member(store, OWNER, "OTHER", ann)
