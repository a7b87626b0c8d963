#include "e2e/traffic.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "domain/base32.hpp"

namespace partnerd::e2e {

namespace {

constexpr int clients = 8;

// The id in a click id: bytes 2 to 9 of its sixteen.
std::int64_t row_of(std::string_view click_id) {
    auto const bytes = base32_decode(click_id, 16);
    if (!bytes) throw std::runtime_error("this is no click id: " + std::string(click_id));
    std::int64_t id = 0;
    for (std::size_t i = 1; i <= 8; ++i) id = id << 8 | (*bytes)[i];
    return id;
}

boost::json::object sale(std::string const& id) { return {{"external_id", id}, {"customer", id}, {"assigned_partner", "acme"}, {"amount", money("10.00", "GBP")}}; }

}  // namespace

Traffic::Traffic(Nodes& nodes, Manner manner)
    : nodes_(nodes), patient_(manner == Manner::patient), keyed_(manner != Manner::plain), thread_([this] { run(); }) {}

void Traffic::end() {
    ending_ = true;
    if (thread_.joinable()) thread_.join();
}

void Traffic::run() {
    in_parallel(clients, complaints_, [&](int client) {
        auto session = nodes_.outside();
        bool const sells = client % 2 == 0;
        for (int i = 0; !ending_; ++i) {
            auto const id = "c" + std::to_string(client) + "-" + std::to_string(i);
            auto verdict = Verdict::again;
            while (verdict == Verdict::again) {
                try {
                    verdict = sells ? sell(session, id) : click(session);
                } catch (std::runtime_error const& broken) {
                    session.disconnect();
                    if (!patient_) return complaints_.add(id + " -> " + broken.what());
                }
                if (verdict != Verdict::again) break;
                ++refused_;
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
        }
    });
}

void Traffic::note(Time sent) {
    ++succeeded_;
    std::lock_guard const lock(mutex_);
    successes_.push_back({sent, std::chrono::steady_clock::now()});
}

Traffic::Verdict Traffic::judge(std::string const& what, Answer const& answer, int wanted) {
    if (answer.status == wanted) return Verdict::done;
    if (patient_ && (answer.status == 502 || answer.status == 503 || answer.status == 504)) return Verdict::again;
    complaints_.add(what + " -> " + std::to_string(answer.status) + " " + answer.raw.body);
    return Verdict::given_up;
}

Traffic::Verdict Traffic::sell(Session& session, std::string const& id) {
    auto const sent = std::chrono::steady_clock::now();
    auto const verdict = judge(id, session.post("/v1/programs/retail/conversions", sale(id), keyed_ ? "key-" + id : ""), 201);
    if (verdict != Verdict::done) return verdict;
    note(sent);
    std::lock_guard const lock(mutex_);
    sales_.insert(id);
    return verdict;
}

Traffic::Verdict Traffic::click(Session& session) {
    auto const sent = std::chrono::steady_clock::now();
    auto const answer = session.get("/r/landing");
    auto const verdict = judge("a click", answer, 302);
    if (verdict != Verdict::done) return verdict;
    auto const location = answer.raw.header("location");
    auto const at = location.find("click_id=");
    if (at == std::string_view::npos) return complaints_.add("a click was not counted: " + std::string(location)), Verdict::given_up;
    auto const row = row_of(location.substr(at + 9));
    note(sent);
    std::lock_guard const lock(mutex_);
    if (!clicks_.insert(row).second) complaints_.add("two clicks have the id " + std::to_string(row));
    return verdict;
}

void Traffic::await(int successes) const {
    auto const until = succeeded_ + successes;
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (succeeded_ < until) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("nobody answers any more: " + complaints_.text());
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

std::chrono::milliseconds Traffic::back_after(Time moment) const {
    auto first = Time::max();
    std::lock_guard const lock(mutex_);
    for (auto const& success : successes_)
        if (success.sent >= moment) first = std::min(first, success.answered);
    if (first == Time::max()) throw std::runtime_error("the service did not come back");
    return std::chrono::duration_cast<std::chrono::milliseconds>(first - moment);
}

std::string Traffic::summary() const {
    std::lock_guard const lock(mutex_);
    return std::to_string(sales_.size()) + " sales and " + std::to_string(clicks_.size()) + " clicks acknowledged, " + std::to_string(refused_) + " requests sent again";
}

void Traffic::check_books() {
    end();
    BOOST_TEST(complaints_.text() == "");
    auto const database = nodes_.database();
    auto const rows = database.texts("select external_id from conversion");
    std::set<std::string> const there(rows.begin(), rows.end());
    BOOST_TEST(rows.size() == there.size());
    BOOST_TEST((there == sales_));
    BOOST_TEST(there.size() > 20u);
    auto const clicked = database.numbers("select id from click");
    std::set<std::int64_t> const stored(clicked.begin(), clicked.end());
    BOOST_TEST(clicked.size() == stored.size());
    BOOST_TEST(std::includes(stored.begin(), stored.end(), clicks_.begin(), clicks_.end()));
    BOOST_TEST(clicks_.size() > 20u);
    // The servers mint all ids, and none twice, in whatever table it is.
    std::set<std::int64_t> ids;
    auto const tables = database.texts("select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid where a.attname = 'id' and a.atttypid = 'bigint'::regtype "
                                       "and c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = current_schema()::regnamespace");
    BOOST_TEST(tables.size() > 10u);
    for (auto const& table : tables)
        for (auto const id : database.numbers("select id from \"" + table + "\"")) BOOST_TEST(ids.insert(id).second, table << " " << id);
    nodes_.check_verified();
}

}  // namespace partnerd::e2e
