"""The chat's own settings."""

import ast
import inspect
from dataclasses import fields

from chat.conf import Conf, conf
from tests.servers.chat import ChatServer


def test_what_is_not_set_has_its_default(settings):
    settings.PARLEY = {}
    assert conf() == Conf()
    del settings.PARLEY
    assert conf() == Conf()


def test_what_is_set_is_in_force_at_once(settings):
    settings.PARLEY = {"SEND_BURST": 7}
    assert (conf().SEND_BURST, conf().LOBBY) == (7, "general")
    settings.PARLEY = {"SEND_BURST": 8}
    assert conf().SEND_BURST == 8


def test_settings_of_another_version_are_passed_over(settings):
    settings.PARLEY = {"NO_LONGER_KNOWN": 1}
    assert conf() == Conf()


def test_other_settings_do_not_disturb_it(settings):
    before = conf()
    settings.DEBUG = True
    assert conf() is before


def test_the_environment_sets_each_in_its_own_type(tmp_path):
    installation = ChatServer(tmp_path, variables={"PARLEY_SEND_BURST": "7", "PARLEY_UNDO_HOURS": "0.5"})
    said = installation.manage("shell", "--no-imports", "--command", "from chat.conf import conf; print(conf())")
    assert eval(said, {"Conf": Conf}) == Conf(SEND_BURST=7, UNDO_HOURS=0.5)


def test_every_setting_is_explained():
    body = ast.parse(inspect.getsource(Conf)).body[0].body[1:]
    assert [type(each) for each in body] == [ast.AnnAssign, ast.Expr] * len(fields(Conf))
