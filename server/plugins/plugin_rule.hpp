// A rule of a plugin as a rule of the house. Pure: while it runs, every service is shut to it.
#pragma once

#include <partnerd/rules.h>

#include <memory>

#include "rules/rule.hpp"

namespace partnerd::plugins {

struct Instance;

// "coupons.basket_bonus", version 1. invalid_field naming what is wrong with it.
Result<std::shared_ptr<rules::Rule const>> plugin_rule(Instance& instance, partnerd_rule const& rule);

}  // namespace partnerd::plugins
