"""From two bare tenants to the first synchronized person by three commands; each names the step that is missing."""

import json
from pathlib import Path

import pytest
import typer

from tests.cli.answering_server import AnsweringServer
from tests.cli.conftest import Run
from tests.cli.running_world import RunningWorld, bare_scenario, running_world
from tests.cli.test_setup_undo import arguments, policies
from tests.engine.small_world import SOURCE, TARGET, id_of, mail_of
from tests.shared.configuration.documents import document


def application_id(output: str) -> str:
    return output.partition("application id ")[2].split()[0]


def without(arguments: list[str], option: str) -> list[str]:
    return [each for each in arguments if each != option]


def test_three_commands_lead_from_two_bare_tenants_to_the_first_synchronized_person(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "pair.json"
    with running_world(bare_scenario()) as world:
        source = run(*arguments(world, "source", tmp_path, "--configuration", str(file)))
        target = run(*arguments(world, "target", tmp_path, "--application-id", application_id(source.output)))
        applied = run("configuration", "apply", str(file), "--start", "--url", world.api)
        assert [each.exit_code for each in (source, target, applied)] == [0, 0, 0], applied.output

        world.run_cycle()

        assert set(world.local.users()) == {mail_of(f"person{number}") for number in range(3)}
        # nothing is missing, and the doctor has nothing to say
        doctor = run("doctor", str(file), "--url", world.api)
        assert (doctor.exit_code, doctor.output) == (0, "")


def test_only_assigned_people_are_synchronized_where_some_are_assigned(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "pair.json"
    with running_world(bare_scenario()) as world:
        more = ("--assign", id_of("person1"), "--configuration", str(file))
        source = run(*arguments(world, "source", tmp_path, *more))
        run(*arguments(world, "target", tmp_path, "--application-id", application_id(source.output)))
        run("configuration", "apply", str(file), "--start", "--url", world.api)

        world.run_cycle()

        assert set(world.local.users()) == {mail_of("person1")}


def test_the_target_without_the_application_names_the_step_before(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        before = policies(world)

        unnamed = run(*arguments(world, "target", tmp_path))
        unknown = run(*arguments(world, "target", tmp_path, "--application-id", id_of("no application")))

        assert [unnamed.exit_code, unknown.exit_code] == [1, 1]
        assert "step missing: setup source" in unnamed.output
        assert "step missing: setup source" in unknown.output
        assert policies(world) == before


def test_applying_names_each_step_that_is_missing_and_starts_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "pair.json"
    with running_world(bare_scenario()) as world:
        run(*arguments(world, "source", tmp_path, "--configuration", str(file)))

        applied = run("configuration", "apply", str(file), "--start", "--url", world.api)
        job = run("jobs", "show", "lindenhof-to-marisol", "--url", world.api, "--service-principal", principal(file))

        assert applied.exit_code == 1
        assert "tenantsync setup target" in applied.output
        assert "tenantsync setup source" not in applied.output
        assert "NotRun" in job.output or "Paused" in job.output


def test_applying_in_two_bare_tenants_names_both_steps(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "pair.json"
    ends = {"/source/tenantId": SOURCE, "/target/tenantId": TARGET}
    file.write_text(json.dumps(document(ends)))
    with running_world(bare_scenario()) as world:
        applied = run("configuration", "apply", str(file), "--start", "--url", world.api)

        assert applied.exit_code == 1
        assert "tenantsync setup source" in applied.output
        assert "tenantsync setup target" in applied.output


def principal(file: Path) -> str:
    return str(json.loads(file.read_text())["source"]["servicePrincipalId"])


@pytest.mark.parametrize("answers", ["n\n", "y\nn\n", ""])
def test_nothing_is_changed_before_both_questions_are_answered_with_yes(answers: str, run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        before = policies(world)

        done = run(*without(arguments(world, "source", tmp_path), "--yes"), stdin=answers)

        assert done.exit_code == 1
        assert "create application tenantsync" in done.output
        assert "Do Lindenhof and Marisol (marisol.example) belong to one organization?" in done.output
        assert policies(world) == before
        assert list(tmp_path.iterdir()) == []


def test_the_plan_tells_each_change_with_its_reason_before_it_asks(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        done = run(*without(arguments(world, "source", tmp_path), "--yes"), stdin="y\ny\n")

        shown, _, _ = done.output.partition("belong to one organization?")
        assert done.exit_code == 0, done.output
        assert "consent to Directory.Read.All (the assignments of a person, read once more" in shown
        assert f"create partner {TARGET}" in shown
        assert "By hand: " in done.output


@pytest.mark.parametrize("requests", [1, 3, 6])
def test_what_was_made_a_moment_ago_is_waited_for(requests: int, run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        for tenant in (SOURCE, TARGET):
            world.local.simulation.change(tenant, [{"op": "lagApplications", "requests": requests}])

        source = run(*arguments(world, "source", tmp_path, "--managed-identity", id_of("identity")))
        target = run(*arguments(world, "target", tmp_path, "--application-id", application_id(source.output)))

        assert (source.exit_code, target.exit_code) == (0, 0), source.output + target.output


def test_what_is_never_seen_is_told_and_the_next_run_goes_on(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        world.local.simulation.change(SOURCE, [{"op": "lagApplications", "requests": 7}])

        first = run(*arguments(world, "source", tmp_path))
        second = run(*arguments(world, "source", tmp_path))

        assert (first.exit_code, second.exit_code) == (1, 0)
        assert "does not reference a valid application object" in first.output
        assert "create application" not in second.output


def test_a_tenant_that_changes_while_the_person_reads_the_plan_is_planned_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_world(bare_scenario()) as world:
        confirmed = typer.confirm

        def confirm_slowly(question: str, *, abort: bool) -> bool:
            world.local.simulation.change(SOURCE, [{"op": "setPartner", "tenantId": TARGET, "set": {}}])
            return confirmed(question, abort=abort)

        monkeypatch.setattr(typer, "confirm", confirm_slowly)
        done = run(*without(arguments(world, "source", tmp_path), "--yes"), stdin="y\ny\n")

        assert done.exit_code == 1
        assert "somebody has changed the tenant" in done.output
        assert world.local.simulation.tenant(SOURCE).applications == {}


def test_tenants_are_found_by_a_domain(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        by_id = arguments(world, "source", tmp_path)
        named = {SOURCE: "lindenhof.example", TARGET: "MARISOL.example"}

        done = run(*(named.get(each, each) for each in by_id))

        assert done.exit_code == 0, done.output
        assert f"Lindenhof ({SOURCE}) as source, Marisol ({TARGET})" in done.output


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({TARGET: "nobody.example"}, "knows no tenant 'nobody.example'"),
        ({TARGET: id_of("nobody")}, "knows no tenant"),
        ({TARGET: SOURCE}, "is the source and the target"),
    ],
)
def test_a_pair_that_is_none_is_refused(changed: dict[str, str], words: str, run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        done = run(*(changed.get(each, each) for each in arguments(world, "source", tmp_path)))

        assert done.exit_code == 1
        assert words in done.output


def test_an_application_of_another_tenant_gets_no_credential_here(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        more = ("--application-id", id_of("elsewhere"), "--managed-identity", id_of("identity"))

        done = run(*arguments(world, "source", tmp_path, *more))

        assert done.exit_code == 1
        assert "is not registered in Lindenhof" in done.output


def test_the_managed_identity_can_come_later(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        first = run(*arguments(world, "source", tmp_path))
        second = run(*arguments(world, "source", tmp_path, "--managed-identity", id_of("identity")))

        [application] = world.local.simulation.tenant(SOURCE).applications.values()
        [credential] = application["federatedIdentityCredentials"]
        assert "--managed-identity" in first.output
        assert "--managed-identity" not in second.output
        assert credential["subject"] == id_of("identity")
        assert credential["issuer"] == f"https://login.microsoftonline.com/{SOURCE}/v2.0"


def test_in_a_national_cloud_issuer_audience_and_document_are_those_of_that_cloud(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "pair.json"
    with running_world(bare_scenario()) as world:
        more = ("--managed-identity", id_of("identity"), "--configuration", str(file), "--cloud", "china")
        done = run(*arguments(world, "source", tmp_path, *more))

        [application] = world.local.simulation.tenant(SOURCE).applications.values()
        [credential] = application["federatedIdentityCredentials"]
        written = json.loads(file.read_text())
        assert done.exit_code == 0, done.output
        assert credential["issuer"] == f"https://login.chinacloudapi.cn/{SOURCE}/v2.0"
        assert credential["audiences"] == ["api://AzureADTokenExchangeChina"]
        assert (written["source"]["cloud"], written["target"]["cloud"]) == ("china", "china")


def test_a_disabled_enterprise_application_is_enabled_and_put_back(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        done = run(*arguments(world, "source", tmp_path))
        (tmp_path / "source.json").unlink()
        [mine] = world.local.simulation.tenant(SOURCE).service_principals
        disabled = {"op": "setServicePrincipal", "id": mine, "set": {"accountEnabled": False}}
        world.local.simulation.change(SOURCE, [disabled])
        before = policies(world)

        done = run(*arguments(world, "source", tmp_path))
        enabled = world.local.simulation.tenant(SOURCE).service_principals[mine]["accountEnabled"]
        undone = run(*arguments(world, "source", tmp_path, "--undo"))

        assert (done.exit_code, undone.exit_code, enabled) == (0, 0, True)
        assert policies(world) == before


def test_a_record_of_another_pair_is_not_used(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        run(*arguments(world, "source", tmp_path))
        record = json.loads((tmp_path / "source.json").read_text())
        (tmp_path / "source.json").write_text(json.dumps({**record, "otherTenantId": id_of("other")}))

        done = run(*arguments(world, "source", tmp_path, "--undo"))

        assert done.exit_code == 1
        assert "record of another setup" in done.output


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 2}', "\x00", "[" * 5000])
def test_a_file_that_is_no_record_is_refused(text: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "source.json").write_text(text)
    with running_world(bare_scenario()) as world:
        done = run(*arguments(world, "source", tmp_path, "--undo"))

        assert done.exit_code == 1
        assert "record" in done.output


def test_the_record_holds_no_secret_and_only_its_owner_reads_it(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        run(*arguments(world, "source", tmp_path))

        record = tmp_path / "source.json"
        assert record.stat().st_mode & 0o077 == 0
        assert "sandbox." not in record.read_text()


@pytest.mark.parametrize("graph", ["https://graph.microsoft.com", "http://graph.example", "https://127.0.0.1.example"])
def test_sandbox_tokens_go_to_no_host_but_this_machine(graph: str, run: Run, tmp_path: Path) -> None:
    done = run(
        *("setup", "source", "--source", SOURCE, "--target", TARGET, "--sign-in", "sandbox", "--graph", graph),
        *("--record", str(tmp_path / "record.json")),
    )

    assert done.exit_code == 2
    assert "loopback" in done.output or "not https" in done.output


@pytest.mark.parametrize("body", [{}, {"value": []}, {"value": None}, {"value": [{}]}, {"value": ["x"]}, [], b"<html>"])
def test_an_answer_that_is_not_documented_is_told_in_one_line(
    body: object, run: Run, server: AnsweringServer, tmp_path: Path
) -> None:
    server.answer("GET", "/v1.0/organization?$select=id,displayName,verifiedDomains", 200, body)

    done = run(
        *("setup", "source", "--source", SOURCE, "--target", TARGET, "--sign-in", "sandbox", "--graph", server.url),
        *("--record", str(tmp_path / "record.json")),
    )

    assert done.exit_code == 2
    assert done.output.count("\n") == 1
    assert "not documented" in done.output


def unreachable(world: RunningWorld) -> str:
    return world.graph.rpartition(":")[0] + ":9"


def test_a_graph_that_does_not_answer_is_told(run: Run, tmp_path: Path) -> None:
    with running_world(bare_scenario()) as world:
        asked = [unreachable(world) if each == world.graph else each for each in arguments(world, "source", tmp_path)]

        done = run(*asked)

        assert done.exit_code == 2
        assert "Graph did not answer" in done.output
