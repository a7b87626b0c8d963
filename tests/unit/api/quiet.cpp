// The failures that these tests provoke are logged where a test looks at the log, and nowhere else.
#include <boost/test/unit_test.hpp>

#include "logging/log.hpp"

namespace {
struct Quiet {
    Quiet() { partnerd::logging::start({.level = partnerd::logging::Level::off}); }
};
}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(Quiet);
