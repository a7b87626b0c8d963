// The core's routes over a real database, asked as a client would, without sockets. One house a test case. Every answer is held against
// what /openapi.json says of it.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "api/api.hpp"
#include "database/test_database.hpp"
#include "programs/directory.hpp"
#include "routing/dispatcher.hpp"

namespace partnerd::api {

// An answer as the client sees it.
struct Answer {
    int status = 0;
    std::string text, content_type;
    std::vector<routing::Field> headers;
    boost::json::value json;  // of the body, null if it is not JSON

    std::string header(std::string_view name) const;
    // The member at a JSON pointer as text: "/data/0/id"; "null" or "" when it is none.
    std::string at(std::string_view pointer) const;
    std::string code() const { return at("/code"); }
    bool ok() const { return status >= 200 && status < 300; }
};

class House {
  public:
    explicit House(std::string_view now = "2026-03-01T12:00:00Z");
    ~House();

    Answer get(std::string const& target, std::string const& key = {}) { return call("GET", target, {}, key); }
    Answer post(std::string const& target, std::string const& body, std::string const& key = {}) { return call("POST", target, body, key); }
    Answer call(std::string const& method, std::string const& target, std::string const& body, std::string const& key,
                std::vector<routing::Field> headers = {});
    std::string key(auth::KeyKind kind, Id principal = 0, bool test = false, std::string const& scopes = {});
    Id id_of_partner(std::string const& handle);
    Id id_of_program(std::string const& handle);
    std::int64_t count(std::string const& table);
    void advance_days(int days) { clock.advance(days * day_us); }
    void release();  // what the hold job does

    std::string op;  // an operator's key
    ManualClock clock;
    std::vector<routing::Route> routes;

  private:
    struct Finder;
    std::filesystem::path folder_;
    testing::TestDatabase database_;
    std::unique_ptr<storage::Storage> storage_;
    IdMint mint_;
    programs::Secrets secrets_;
    rules::RuleRegistry rules_;
    events::Outbox outbox_;
    programs::ChangeFeed changes_;
    programs::Kernel kernel_;
    programs::ProgramViews views_;
    tracking::Tracker tracker_;
    programs::Directory directory_;
    auth::KeyRing keys_;
    std::unique_ptr<Api> api_;
    std::unique_ptr<Finder> finder_;
    std::unique_ptr<routing::Dispatcher> dispatcher_;
};

// A live program "shop" in GBP, 10% and 30 days of hold, with the partners "ada" and "bob", and a key for everybody.
struct Shop : House {
    Shop();
    std::string ada, bob, merchant;
    // A sale that is assigned to a partner ("" for nobody); its answer.
    Answer sell(std::string const& id, std::string const& amount, std::string const& partner, std::string const& more = {});
};

// ' for ", so that bodies can be read.
std::string quoted(std::string text);

}  // namespace partnerd::api
