#include <boost/test/unit_test.hpp>

#include <sstream>
#include <thread>

#include "logging/log.hpp"
#include "unit/routing/made_server.hpp"

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(storage_trouble)

namespace {

using Category = storage::Failure::Category;

// A storage that fails as it is told. It runs no unit: its answers are the test.
class FailingStorage final : public storage::Storage {
  public:
    bool full_queue = false;
    storage::UnitResult result{storage::UnitState::failed, Category::other, "the disk is gone"};
    Category read_failure = Category::connection;

    storage::Dialect dialect() const override { return storage::Dialect::sqlite; }
    bool submit(storage::Unit& unit) override {
        if (full_queue) return false;
        unit.done(result);
        return true;
    }
    void add_stream(storage::Stream&) override {}
    void wake() override {}
    void read(std::function<void(storage::Tx&)> const&) override { throw storage::Failure(read_failure, "the disk is gone"); }
    storage::StorageStatistics statistics() const override { return {}; }
    std::string trouble() const override { return {}; }
};

struct Broken {
    FailingStorage storage;
    auth::KeyRing keys;
    Programs programs;
    ManualClock clock{1'800'000'000'000'000};
    std::unique_ptr<Dispatcher> dispatcher;

    Broken() {
        Router router;
        Route route;
        route.scopes = "public";
        route.path = "/x";
        route.method = "GET";
        route.handle = [](storage::Tx&, Request&, Response& response) -> Status {
            response.body = "never";
            return {};
        };
        router.add(route).value();
        route.method = "POST";
        route.kind = RouteKind::write;
        router.add(route).value();
        dispatcher = std::make_unique<Dispatcher>(std::move(router), storage, keys, programs, clock);
    }
};

void check(TestExchange const& answer, int status, std::string const& code, std::string const& retry_after) {
    BOOST_TEST(answer.response.status == status);
    BOOST_TEST(answer.response.body.find("\"code\":\"" + code + "\"") != std::string::npos);
    BOOST_TEST(answer.header("retry-after") == retry_after);
    BOOST_TEST(answer.response.body.find("disk") == std::string::npos);  // the client learns no internals
    BOOST_TEST(answer.response.body.find("never") == std::string::npos);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_write_that_the_storage_did_not_take_is_told_so) {
    Broken broken;
    struct Case {
        storage::UnitState state;
        Category category;
        int status;
        char const *code, *retry_after;
    };
    using storage::UnitState;
    for (auto const& c : {Case{UnitState::failed, Category::other, 503, "storage_failed", "1"},
                          Case{UnitState::failed, Category::full, 503, "storage_full", "30"},
                          Case{UnitState::failed, Category::connection, 503, "storage_failed", "1"},
                          Case{UnitState::failed, Category::conflict, 503, "storage_failed", "1"},
                          Case{UnitState::failed, Category::none, 503, "storage_failed", "1"},
                          Case{UnitState::failed, Category::timeout, 504, "deadline_exceeded", ""},
                          Case{UnitState::rolled_back, Category::constraint, 500, "internal", ""},
                          Case{UnitState::rolled_back, Category::none, 500, "internal", ""},
                          Case{UnitState::committed, Category::none, 500, "internal", ""}}) {
        BOOST_TEST_CONTEXT(static_cast<int>(c.state) << " " << static_cast<int>(c.category)) {
            broken.storage.result = {c.state, c.category, "the disk is gone"};
            check(*call(*broken.dispatcher, "POST", "/x"), c.status, c.code, c.retry_after);
        }
    }
    broken.storage.full_queue = true;
    check(*call(*broken.dispatcher, "POST", "/x"), 503, "busy", "1");
    BOOST_TEST(broken.dispatcher->statistics().answered_5xx == 10);
    BOOST_TEST(broken.dispatcher->wait_idle(std::chrono::seconds(1)));
}

BOOST_AUTO_TEST_CASE(a_read_that_fails_is_told_so) {
    Broken broken;
    check(*call(*broken.dispatcher, "GET", "/x"), 503, "storage_failed", "1");
    broken.storage.read_failure = Category::timeout;
    check(*call(*broken.dispatcher, "GET", "/x"), 504, "deadline_exceeded", "");
    broken.storage.read_failure = Category::full;
    check(*call(*broken.dispatcher, "GET", "/x"), 503, "storage_full", "30");
    broken.storage.read_failure = Category::syntax;
    check(*call(*broken.dispatcher, "GET", "/x"), 500, "internal", "");
}

BOOST_AUTO_TEST_CASE(the_log_has_the_reason_and_the_request_id_and_no_secret) {
    std::ostringstream log;
    logging::start({.level = logging::Level::info, .format = logging::Format::json, .stream = &log});
    Broken broken;
    std::string const secret = "pd_op_live_" + random_token();
    call(*broken.dispatcher, "GET", "/x?token=hunter2", {.key = secret});
    BOOST_TEST(broken.dispatcher->wait_idle(std::chrono::seconds(1)));
    logging::start({.level = logging::Level::off});
    auto const text = log.str();
    BOOST_TEST(text.find("the disk is gone") != std::string::npos);
    BOOST_TEST(text.find("\"request_id\":\"req_test\"") != std::string::npos);
    BOOST_TEST(text.find("\"status\":503") != std::string::npos);
    BOOST_TEST(text.find("\"path\":\"/x\"") != std::string::npos);
    BOOST_TEST(text.find("hunter2") == std::string::npos);
    BOOST_TEST(text.find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
