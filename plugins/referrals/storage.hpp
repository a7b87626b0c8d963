// The tables of this plugin. Released steps are never edited; a change is a new step.
#pragma once

#include <partnerd/plugin.hpp>

namespace referrals {

extern partnerd::Migration const migrations[2];

}  // namespace referrals
