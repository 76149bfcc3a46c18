"""What one side keeps to itself it closes itself: nobody else knows of it."""


def test_a_reserved_commitment_is_closed_by_the_side_that_has_it(world):
    public_id = world.make(reserved_for_id=world.corfo)
    path = f"/compromisos/{public_id}"
    for who in ("jorge", "staff", "sercotec"):
        assert world.post(who, f"{path}/palabra", word="cumplido").status_code == 404
    response = world.post("marcela", f"{path}/palabra", word="cumplido")
    assert response.status_code == 303, response.text
    assert world.read(public_id).state.value == "cumplido"


def test_what_both_see_is_not_closed_by_the_side_that_owes_it(world):
    public_id = world.make()
    assert (
        world.post("marcela", f"/compromisos/{public_id}/palabra", word="cumplido").status_code
        == 404
    )
    assert world.read(public_id).state.value == "pendiente"
