// `partnerd migrate`, from SQLite to the database of this run and back: what a caller sees before and after, and what is refused.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <signal.h>

#include <map>
#include <thread>

#include "e2e/database.hpp"
#include "e2e/shopfront.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;
using partnerd::testing::TestDatabase;

namespace {

std::vector<std::string> const office_targets{
    "/v1/programs",
    "/v1/programs/retail",
    "/v1/programs/retail/public",
    "/v1/programs/retail/accounts?limit=100",
    "/v1/programs/retail/conversions?limit=100",
    "/v1/programs/retail/commissions?limit=100",
    "/v1/programs/grocery/commissions?limit=100",
    "/v1/programs/grocery/conversions?limit=100",
    "/v1/partners?limit=100",
    "/v1/audit?limit=100",
};
std::vector<std::string> const partner_targets{"/v1/me", "/v1/me/programs", "/v1/me/programs/retail/links", "/v1/me/programs/retail/balance",
                                               "/v1/me/programs/retail/conversions"};

// One installation whose storage.url goes from database to database.
class Mover {
  public:
    Mover() : there_(folder_.path("there.db")), config_(read_text(folder_.config())) { use(source()); }

    std::string source() const { return fresh("source"); }
    std::string const& target() const { return there_.url(); }
    std::string fresh(std::string const& name) const { return "sqlite://" + folder_.path(name + ".db").string(); }
    Installation const& folder() const { return folder_; }

    void use(std::string const& url) const { configure(folder_.database(), url); }
    void leave_out_coupons() const { configure("[[plugin]]\nid = \"coupons\"\nroot_routes = true\n", ""); }
    void demo_data() const { folder_.done({"demo", "--samples", demo("").string()}); }

    static std::vector<std::string> words(std::string const& from, std::string const& to, std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"migrate", "--from", from, "--to", to});
        return more;
    }
    Finished migrate(std::string const& from, std::string const& to, std::vector<std::string> more = {}) const { return folder_.run(words(from, to, std::move(more))); }

  private:
    void configure(std::string const& old, std::string const& now) const {
        auto text = config_;
        auto const place = text.find(old);
        BOOST_REQUIRE(place != std::string::npos);
        write_text(folder_.config(), text.replace(place, old.size(), now));
    }

    Installation folder_;
    TestDatabase there_;
    std::string config_;
};

void check_says(std::string const& text, std::string const& words) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST((text.find(words) != std::string::npos));
}

void check_refused(Finished const& finished, std::string const& words, int exit_code = 1) {
    BOOST_TEST(finished.exit_code() == exit_code);
    BOOST_TEST(finished.out == "");
    check_says(finished.err, words);
}

void check_moved(Finished const& finished) { BOOST_REQUIRE_MESSAGE(finished.exit_code() == 0, finished.out + finished.err); }

struct Keys {
    std::string office, merchant, acme;
};

using Answers = std::map<std::string, std::string>;  // by target

Answers answers(RunningServer const& server, Keys const& keys) {
    Answers all;
    Session office(server, keys.office), acme(server, keys.acme);
    auto const ask = [&](Session& session, std::string const& target) {
        auto const answer = session.get(target);
        BOOST_TEST_CONTEXT(target << " " << answer.raw.body) BOOST_TEST(answer.status == 200);
        all[target] = answer.raw.body;
    };
    for (auto const& target : office_targets) ask(office, target);
    for (auto const& target : partner_targets) ask(acme, target);
    return all;
}

void check_same(Answers const& before, Answers const& after) {
    for (auto const& [target, body] : before) BOOST_TEST_CONTEXT(target) BOOST_TEST(body == after.at(target));
}

std::string click(RunningServer const& server, std::string const& code) {
    auto const answer = Session(server, {}).get("/r/" + code);
    BOOST_REQUIRE(answer.status == 302);
    auto const location = std::string(answer.raw.header("location"));
    return location.substr(location.find("click_id=") + 9);
}

// Numbers of servers, of the database that was left, that nobody has in this one.
void check_numbers_are_free(std::string const& url) {
    Database const database(url);
    BOOST_TEST(database.number("select count(*) from instance where name like 'node:%:owner' and value <> ''") == 0);
    BOOST_TEST(database.number("select count(*) from instance where name = 'node:0:high_water_ms'") == 1);
}

json::object sale(std::string const& id, std::string const& click_id) {
    return {{"external_id", id}, {"customer", id}, {"amount", money("100.00", "GBP")}, {"click_id", click_id}};
}

constexpr char const* conversions = "/v1/programs/retail/conversions";

// A process that was ended by `signal` while it copied, and where it left the half. One that was too quick for the signal has gone
// through, and the next has a new target.
struct Half {
    std::unique_ptr<TestDatabase> target;
    Ended ended;
    std::string err;
};
Half end_while_copying(Mover const& mover, int signal) {
    for (int i = 0; i < 20; ++i) {
        Half half{std::make_unique<TestDatabase>(mover.folder().path("half-" + std::to_string(signal) + "-" + std::to_string(i) + ".db")), {}, {}};
        auto const process = mover.folder().start(Mover::words(mover.source(), half.target->url(), {"--progress"}));
        while (read_text(process->err()).find("copying ") == std::string::npos && !process->poll()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        process->signal(signal);
        half.ended = process->wait();
        half.err = read_text(process->err());
        if (half.ended.exit_code != 0) return half;
    }
    throw std::runtime_error("no copy was slow enough to be ended");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_live_program_goes_there_and_back_and_nobody_sees_a_difference) {
    Mover const mover;
    mover.demo_data();
    Keys keys;
    std::string early, late, kept;
    Answers at_home, away;
    {
        RunningServer server(mover.folder());
        keys.office = create_key(mover.folder());
        keys.merchant = create_key(mover.folder(), {"--kind", "merchant", "--program", "retail"});
        Session office(server, keys.office);
        BOOST_REQUIRE(office.post("/v1/programs/retail/partners", {{"handle", "acme"}, {"name", "Żółw & Søn ☂"}}).status == 201);
        keys.acme = create_key(mover.folder(), {"--kind", "partner", "--partner", "acme"});
        BOOST_REQUIRE(Session(server, keys.acme).post("/v1/me/programs/retail/links", json::object{{"code", "acme-1"}}).status == 201);
        early = click(server, "acme-1");
        late = click(server, "acme-1");
        auto const made = Session(server, keys.merchant).post(conversions, sale("s1", early), "key-1");
        BOOST_REQUIRE(made.status == 201);
        kept = made.raw.body;
        at_home = answers(server, keys);
        BOOST_REQUIRE(server.stop().exit_code == 0);
    }
    edit(mover.source(), "update job set lease_until_us = 9000000000000000");
    check_moved(mover.migrate(mover.source(), mover.target()));
    mover.use(mover.target());
    check_numbers_are_free(mover.target());
    BOOST_TEST(Database(mover.target()).number("select count(*) from job") > 0);
    BOOST_TEST(Database(mover.target()).number("select count(*) from job where lease_until_us <> 0") == 0);
    BOOST_TEST(Database(mover.target()).number("select sum(clicks) from rollup_traffic") == 2);
    {
        RunningServer server(mover.folder());
        check_same(at_home, answers(server, keys));
        Session merchant(server, keys.merchant);
        auto const again = merchant.post(conversions, sale("s1", early), "key-1");
        BOOST_TEST(again.status == 201);
        BOOST_TEST(again.raw.body == kept);
        // The click was signed before the move.
        auto const credited = merchant.post(conversions, sale("s2", late), "key-2");
        BOOST_TEST_CONTEXT(credited.raw.body) BOOST_TEST(credited.status == 201);
        click(server, "acme-1");
        away = answers(server, keys);
        BOOST_REQUIRE(server.stop().exit_code == 0);
    }
    BOOST_TEST(Database(mover.target()).number("select count(*) from commission c join partner p on p.id = c.partner where p.handle = 'acme'") == 2);
    auto const home = mover.fresh("home");
    check_moved(mover.migrate(mover.target(), home));
    check_numbers_are_free(home);
    mover.use(home);
    BOOST_TEST(mover.folder().run({"verify"}).exit_code() == 0);
    RunningServer server(mover.folder());
    check_same(away, answers(server, keys));
    click(server, "acme-1");
    BOOST_REQUIRE(server.stop().exit_code == 0);
    BOOST_TEST(mover.folder().run({"verify"}).exit_code() == 0);
    BOOST_TEST(Database(home).number("select count(*) from click") == 4);
}

BOOST_AUTO_TEST_CASE(both_ways_have_the_same_rows_and_digests) {
    Mover const mover;
    mover.demo_data();
    auto const dry = mover.migrate(mover.source(), mover.target(), {"--dry-run", "--json"});
    check_moved(dry);
    auto const there = mover.migrate(mover.source(), mover.target(), {"--json"});
    check_moved(there);
    auto const back = mover.migrate(mover.target(), mover.fresh("home"), {"--json"});
    check_moved(back);
    auto const first = parsed(there.out), second = parsed(back.out), counted = parsed(dry.out);
    BOOST_TEST(first.at("tables").as_array().size() > 40u);
    BOOST_TEST(first.at("rows").as_int64() > 9'000);
    BOOST_TEST(counted.at("rows") == first.at("rows"));
    std::map<std::string, json::value> digests;
    for (auto const& table : first.at("tables").as_array()) digests[table.at("table").as_string().c_str()] = table;
    for (auto const& table : second.at("tables").as_array()) {
        // Opening the source again noted what ids are taken.
        if (table.at("table") == "instance") continue;
        BOOST_TEST(digests.at(table.at("table").as_string().c_str()) == table);
    }
}

// As dropping it left it when it was interrupted.
BOOST_AUTO_TEST_CASE(a_week_of_clicks_that_was_let_go_is_not_moved) {
    Mover const mover;
    mover.demo_data();
    check_moved(mover.migrate(mover.source(), mover.target()));
    bool const has_weeks = mover.target().starts_with("postgresql:");
    edit(mover.target(), std::string("create table click_until_2026_02_05 ") + (has_weeks ? "(like click including all)" : "(id bigint primary key)"));
    for (auto const& more : {std::vector<std::string>{"--dry-run"}, std::vector<std::string>{}}) {
        auto const finished = mover.migrate(mover.target(), mover.fresh("home"), more);
        if (has_weeks) check_moved(finished);
        else check_refused(finished, "that no migration makes");
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_moved_is_refused_with_the_way_out) {
    Mover const mover;
    check_refused(mover.migrate(mover.source(), mover.target()), "there is no database");
    write_text(mover.folder().path("empty.db"), "");
    check_refused(mover.migrate(mover.fresh("empty"), mover.target()), "holds no data of partnerd");
    mover.demo_data();
    check_refused(mover.migrate(mover.source(), mover.source()), "are the same database");
    check_refused(mover.migrate(mover.source(), mover.fresh("../" + mover.folder().folder().filename().string() + "/source")), "are the same database");
    check_refused(mover.migrate(mover.source(), "mysql://localhost/partnerd"), "--to: \"mysql\" is no known kind of database");
    check_refused(mover.migrate("postgresql://", mover.target()), "--from: the name of the database is missing");
    check_refused(mover.folder().run({"migrate", "--from", mover.source()}), "--to is required", 2);
    mover.leave_out_coupons();
    check_refused(mover.migrate(mover.source(), mover.target()), "plugins that the configuration does not load: coupons");
    mover.use(mover.source());
    {
        RunningServer server(mover.folder());
        check_refused(mover.migrate(mover.source(), mover.target()), "is in use by process " + std::to_string(server.pid()));
        check_moved(mover.migrate(mover.source(), mover.target(), {"--dry-run"}));
        BOOST_REQUIRE(server.stop().exit_code == 0);
    }
    edit(mover.source(), "create table click_notes (id bigint primary key)");
    for (auto const& more : {std::vector<std::string>{"--dry-run"}, std::vector<std::string>{}})
        check_refused(mover.migrate(mover.source(), mover.target(), more), "the source has a table \"click_notes\" that no migration makes");
    edit(mover.source(), "drop table click_notes");
    // None of them left anything behind.
    check_moved(mover.migrate(mover.source(), mover.target()));
    check_refused(mover.migrate(mover.source(), mover.target()), "is not empty: it has ");
    mover.use(mover.target());
    BOOST_TEST(mover.folder().run({"verify"}).exit_code() == 0);
    RunningServer server(mover.folder());
    check_refused(mover.migrate(mover.target(), mover.fresh("home")), "is in use");
    BOOST_REQUIRE(server.stop().exit_code == 0);
}

BOOST_AUTO_TEST_CASE(books_that_do_not_hold_are_not_moved) {
    Mover const mover;
    mover.demo_data();
    edit(mover.source(), "update rollup_sales set revenue_minor = revenue_minor + 1");
    check_refused(mover.migrate(mover.source(), mover.target()), "the books of the source do not hold", 3);
    edit(mover.source(), "update rollup_sales set revenue_minor = revenue_minor - 1");
    check_moved(mover.migrate(mover.source(), mover.target()));
}

BOOST_AUTO_TEST_CASE(a_copy_that_ended_in_the_middle_is_served_by_nobody_and_begins_anew) {
    Mover const mover;
    mover.demo_data();
    for (int const signal : {SIGINT, SIGKILL}) {
        auto const half = end_while_copying(mover, signal);
        auto const& target = half.target->url();
        BOOST_TEST_CONTEXT(half.err) BOOST_TEST((half.ended.signal == SIGKILL || half.ended.exit_code == 1));
        if (signal == SIGINT) check_says(half.err, "run the same command again");
        mover.use(target);
        for (auto const& words : std::vector<std::vector<std::string>>{{"serve"}, {"verify"}, {"key", "list"}, {"report", "partners", "--program", "retail"}})
            check_refused(mover.folder().run(words), "holds an unfinished copy of ");
        check_refused(mover.migrate(target, mover.fresh("home")), "holds an unfinished copy of ");
        mover.use(mover.source());
        edit(target, "create table somebody_elses (id bigint primary key)");
        check_refused(mover.migrate(mover.source(), target), "\"somebody_elses\"");
        edit(target, "drop table somebody_elses");
        check_moved(mover.migrate(mover.source(), target));
        mover.use(target);
        BOOST_TEST(mover.folder().run({"verify"}).exit_code() == 0);
        mover.use(mover.source());
    }
}
