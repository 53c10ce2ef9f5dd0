"""This year's menu of the sample street: 24 items that come to 441万元, of which the fund pays for 300万元."""

from diancai.platform.cli.demo.dishes import Dish
from diancai.platform.cli.demo.menu_services import SERVICES_MENU
from diancai.platform.cli.demo.menu_works import WORKS_MENU

MENU: tuple[Dish, ...] = WORKS_MENU + SERVICES_MENU
