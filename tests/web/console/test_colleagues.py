from idp.domain.oversight import roles
from idp.domain.oversight.permissions import Role
from tests.web.console.conftest import text


def held(provider, person_id):
    with provider.reading() as connection:
        return roles.of(connection, person_id)


def test_a_role_is_given_by_user_name(provider, at_desk, a_person):
    nora = a_person("nora")
    answer = at_desk["administrator"].post("/console/staff/grant", username="nora", role="verifier")
    assert held(provider, nora) == {Role.VERIFIER}
    assert "Nora" in text(at_desk["administrator"].follow(answer))


def test_nobody_is_offered_their_own_role_to_take_away(provider, signed_in, adele):
    desk = signed_in(adele.person_id)
    assert f"/console/staff/{adele.person_id}/" not in desk.get("/console/staff").text
    page = desk.post(f"/console/staff/{adele.person_id}/administrator/revoke")
    assert "You cannot change your own roles" in text(page)
    assert held(provider, adele.person_id) == {Role.ADMINISTRATOR}


def test_giving_oneself_a_role_is_explained(provider, signed_in, adele):
    page = signed_in(adele.person_id).post("/console/staff/grant", username="adele", role="verifier")
    assert (page.status_code, "You cannot change your own roles" in text(page)) == (422, True)
    assert held(provider, adele.person_id) == {Role.ADMINISTRATOR}


def test_an_auditor_who_would_also_decide_is_explained(at_desk, augustin):
    page = at_desk["administrator"].post("/console/staff/grant", username="augustin", role="verifier")
    assert "An auditor holds no other role" in text(page)


def test_a_user_name_nobody_has_is_explained_and_kept(at_desk):
    page = at_desk["administrator"].post("/console/staff/grant", username="norra", role="verifier")
    assert "Nobody is registered with exactly this" in text(page)
    assert 'value="norra"' in page.text


def test_a_role_that_does_not_exist_is_refused(at_desk, a_person):
    a_person("nora")
    assert at_desk["administrator"].post("/console/staff/grant", username="nora", role="root").status_code == 400


def test_a_role_is_taken_away_after_asking_once(provider, at_desk, vera):
    desk, path = at_desk["administrator"], f"/console/staff/{vera.person_id}/verifier/revoke"
    assert "Vera" in text(desk.get(path))
    assert held(provider, vera.person_id) == {Role.VERIFIER}
    answer = desk.post(path)
    assert held(provider, vera.person_id) == frozenset()
    assert "The role is taken away" in text(desk.follow(answer))
