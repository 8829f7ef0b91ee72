"""The chat's own settings."""

import ast
import inspect
from dataclasses import fields

from chat.conf import Conf, conf


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


def test_every_setting_of_the_environment_is_known(settings):
    assert settings.PARLEY.keys() <= {field.name for field in fields(Conf)}


def test_every_setting_is_explained():
    body = ast.parse(inspect.getsource(Conf)).body[0].body[1:]
    assert [type(each) for each in body] == [ast.AnnAssign, ast.Expr] * len(fields(Conf))
