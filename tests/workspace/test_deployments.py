"""Builds, deployments and keys: who may, what a guarded project refuses, what is noted of it."""

from pathlib import Path

import pytest

from motifleet.errors import DeploymentError, NotAllowedError, UnknownProjectError
from motifleet.workspace import (
    OWNER,
    Actor,
    Resources,
    Store,
    add_access_key,
    add_build,
    add_deployment,
    add_project,
    end_build,
    find_deployment,
    find_project,
    list_audit,
    revoke_access_key,
    start_deployment,
    stop_deployment,
)


def built(store: Store, source: str, project: str = "default", actor: Actor = OWNER) -> str:
    made = add_build(store, f"of-{project}", source, actor=actor, project=project)
    return end_build(store, made.id, digest="0" * 64, reason=None).id


def test_each_change_is_noted_with_who_made_it(store: Store) -> None:
    ann = Actor("ann", owner=True)
    build = built(store, "failures@1", actor=ann)
    made = add_deployment(store, build, Resources(), actor=ann)
    start_deployment(store, made.id)
    stop_deployment(store, made.id, actor=ann)
    key, _ = add_access_key(store, made.endpoint, actor=ann)
    revoke_access_key(store, key.id, actor=ann)
    noted = [(each.action, each.subject) for each in list_audit(store, who="ann")]
    assert noted == [
        ("access_key.write", key.id),
        ("access_key.write", key.id),
        ("deployment.create", made.id),
        ("deployment.create", made.id),
        ("build.create", build),
    ]


def test_who_may_not_changes_and_notes_nothing(store: Store, tmp_path: Path) -> None:
    project = add_project(store, OWNER, "DEV", tmp_path / "dev")
    viewer = Actor("vic", roles={project.id: "viewer"})
    with pytest.raises(NotAllowedError):
        built(store, "failures@1", "DEV", actor=viewer)
    build = built(store, "failures@1", "DEV")
    with pytest.raises(NotAllowedError):
        add_deployment(store, build, Resources(), actor=viewer)
    assert list_audit(store, who="vic") == []


def test_a_guarded_project_deploys_only_what_can_be_found_again(
    store: Store, tmp_path: Path
) -> None:
    project = add_project(store, OWNER, "PRD", tmp_path / "prd", guarded=True)
    for source in ("model.py:predict", "model.py:predict@main", "a@3.py:predict", "@3", "x@3@y"):
        build = built(store, source, "PRD")
        with pytest.raises(DeploymentError, match="is guarded"):
            add_deployment(store, build, Resources())
    for source in ("failures@3", f"model.py:predict@{'4f2a91c0' * 5}"):
        build = built(store, source, "PRD")
        add_deployment(store, build, Resources())
    contributor = Actor("con", roles={project.id: "contributor"})
    with pytest.raises(NotAllowedError):
        add_deployment(store, build, Resources(), actor=contributor)
    made = add_deployment(store, build, Resources())
    assert find_deployment(store, made.endpoint) == made
    assert find_project(store, OWNER, "PRD") == project


def test_a_project_that_is_not_there_is_told(store: Store) -> None:
    with pytest.raises(UnknownProjectError):
        built(store, "failures@1", "nowhere")


def test_a_newer_deployment_is_not_replaced_by_an_older_one_that_was_slow(store: Store) -> None:
    build = built(store, "failures@1")
    first = add_deployment(store, build, Resources())
    second = add_deployment(store, build, Resources())
    start_deployment(store, second.id)
    start_deployment(store, first.id)
    assert find_deployment(store, second.id).status == "running"
    assert find_deployment(store, first.id).status == "stopping"
