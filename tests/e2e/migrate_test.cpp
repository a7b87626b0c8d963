// `partnerd migrate`: from SQLite to PostgreSQL and back, with what a caller sees before and after.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <signal.h>

#include <thread>

#include "e2e/database.hpp"
#include "e2e/shopfront.hpp"

namespace json = boost::json;
using namespace partnerd;
using namespace partnerd::e2e;

namespace {

constexpr char const* referral_shop =
    "[program]\nhandle = \"friends\"\nname = \"Friends\"\nstatus = \"live\"\ncurrency = \"GBP\"\ntime_zone = \"Europe/London\"\n"
    "destination_hosts = [\"shop.example\"]\ndefault_destination = \"https://shop.example/\"\n";

// The lists and objects that a client may read: all but what says when it was asked.
std::vector<std::string> const targets{
    "/v1/programs",
    "/v1/programs/retail",
    "/v1/programs/retail/public",
    "/v1/programs/retail/partners?limit=100",
    "/v1/programs/retail/conversions?limit=100",
    "/v1/programs/retail/commissions?limit=100",
    "/v1/programs/grocery/coupons?limit=100",
    "/v1/programs/grocery/conversions?limit=100",
    "/v1/keys",
    "/v1/audit?limit=100",
};

// An installation with the data of the demo, moved about by hand.
class Mover {
  public:
    Mover() : there_(folder_.path("there.db")), source_("sqlite://" + folder_.path("source.db").string()) {
        folder_.done(with(source_, {"demo", "--samples", demo("").string()}));
    }

    std::vector<std::string> with(std::string const& url, std::vector<std::string> words) const {
        words.insert(words.end(), {"--set", "storage.url=" + url});
        return words;
    }
    Finished migrate(std::string const& from, std::string const& to, std::vector<std::string> words = {}) const {
        words.insert(words.begin(), {"migrate", "--from", from, "--to", to});
        return folder_.run(words);
    }
    std::string fresh(std::string const& name) const { return "sqlite://" + folder_.path(name + ".db").string(); }
    std::string const& source() const { return source_; }
    std::string const& target() const { return there_.url(); }
    Installation const& folder() const { return folder_; }

  private:
    Installation folder_;
    testing::TestDatabase there_;
    std::string source_;
};

void check_refused(Finished const& finished, int exit_code, std::string const& words) {
    BOOST_TEST(finished.exit_code() == exit_code);
    BOOST_TEST(finished.out == "");
    BOOST_TEST_CONTEXT(finished.err) BOOST_TEST((finished.err.find(words) != std::string::npos));
}

std::string without_times(json::value value) {
    return json::serialize(value);
}

}  // namespace
