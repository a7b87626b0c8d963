#include "storage/postgresql_peers.hpp"

#include <algorithm>

#include "logging/log.hpp"

namespace partnerd::storage {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds patience{5000};
constexpr milliseconds beat_every{400};
// A server that is gone without a word is noticed between two beats, so that nothing old is believed for longer than a second.
constexpr milliseconds answer_trusted{600};
constexpr milliseconds forget_every{500};
constexpr milliseconds shortest_pause{50}, longest_pause{1000};

// Servers of other schemas of the database are no peers.
constexpr char const* seats = "hashtext('partnerd.node ' || current_schema())";
constexpr char const* channel = "'partnerd_' || md5(current_schema())";

// A machine that is gone gives its number back within half a minute, not after the two hours of TCP.
constexpr char const* session_settings =
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 20000; "
    "SET client_min_messages = warning; SET statement_timeout = 5000; ";

std::string try_lock(int node) { return "SELECT pg_try_advisory_lock(" + std::string(seats) + ", " + std::to_string(node) + ")"; }

bool always() { return true; }

}  // namespace

PostgresqlPeers::PostgresqlPeers(Url const& url) : conninfo_("application_name=partnerd keepalives_idle=5 tcp_user_timeout=1500 " + url.conninfo), shown_(url.shown) {
    join(&always);
}

PostgresqlPeers::~PostgresqlPeers() { stop(); }

void PostgresqlPeers::join(PostgresqlWire::Meanwhile const& meanwhile) {
    auto wire = std::make_unique<PostgresqlWire>(conninfo_, shown_, patience, meanwhile);
    auto const name = wire->ask(std::string(session_settings) + "SELECT " + channel, patience, meanwhile);
    wire->ask("LISTEN " + name, patience, meanwhile);
    wire_ = std::move(wire);
    seated_ = false;
    answered_at_ = Steady::now();
}

std::string PostgresqlPeers::ask(std::string const& sql) { return wire_->ask(sql, patience, &always); }

bool PostgresqlPeers::take(int node) {
    if (ask(try_lock(node)) != "t") return false;
    node_ = node;
    return seated_ = true;
}

void PostgresqlPeers::leave(int node) {
    ask("SELECT pg_advisory_unlock(" + std::string(seats) + ", " + std::to_string(node) + ")");
    node_ = -1;
    seated_ = false;
}

std::string PostgresqlPeers::holder(int node) {
    return ask("SELECT 'at ' || coalesce(host(a.client_addr), 'the machine of the database') || ' since ' || to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS') "
               "FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted "
               "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
               "AND l.classid::bigint = (" + std::string(seats) + "::bigint & 4294967295) AND l.objid = " + std::to_string(node) + " LIMIT 1");
}

void PostgresqlPeers::start(Hearing hearing) {
    hearing_ = std::move(hearing);
    thread_ = std::thread([this] { run(); });
}

void PostgresqlPeers::stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

void PostgresqlPeers::run() {
    auto pause = shortest_pause;
    while (!stopping_) {
        try {
            if (wire_ == nullptr) join([this] { return keep_up(); });
            attend();
            pause = shortest_pause;
        } catch (Failure const& failure) {
            if (stopping_) return;
            deaf(failure.what());
            rest(pause);
            pause = std::min(2 * pause, longest_pause);
        }
    }
}

// One round of a session that listens: a question whose answer shows that it lives, then silence until the next, or a text.
void PostgresqlPeers::attend() {
    beat();
    auto const next = Steady::now() + beat_every;
    while (keep_up() && Steady::now() < next)
        wire_->listen(std::min(milliseconds(100), std::chrono::duration_cast<milliseconds>(next - Steady::now())));
}

void PostgresqlPeers::beat() {
    bool const wants_seat = node_ >= 0 && !seated_;
    auto const answer = wire_->ask(wants_seat ? try_lock(node_) : "SELECT 1", patience, [this] { return keep_up(); });
    answered_at_ = Steady::now();
    if (wants_seat && answer == "t") seated_ = true;
    if (!deaf_) return;
    deaf_ = false;
    missed_ = true;
    forgot_at_ = {};
    logging::info("the changes of other servers are heard again", {{"database", shown_}});
}

void PostgresqlPeers::deaf(std::string const& why) {
    wire_.reset();
    missed_ = true;
    forgot_at_ = {};
    if (!std::exchange(deaf_, true))
        logging::warn("the changes of other servers are not heard; nothing in memory is trusted for longer than half a second", {{"error", why}});
}

void PostgresqlPeers::rest(milliseconds pause) {
    auto const until = Steady::now() + pause;
    while (keep_up() && Steady::now() < until) std::this_thread::sleep_for(milliseconds(10));
}

bool PostgresqlPeers::keep_up() {
    while (wire_ != nullptr && !stopping_) {
        auto const text = wire_->next_text();
        if (!text) break;
        try {
            hearing_.heard(*text);
        } catch (std::exception const&) {
            missed_ = true;
        }
    }
    auto const now = Steady::now();
    bool const trusted = !deaf_ && now - answered_at_ < answer_trusted;
    if ((missed_ || !trusted) && now - forgot_at_ >= forget_every && !stopping_) forget(now);
    return !stopping_;
}

void PostgresqlPeers::forget(Time now) {
    forgot_at_ = now;
    try {
        hearing_.missed();
        missed_ = false;
    } catch (std::exception const&) {
        missed_ = true;  // the database is away as a whole
    }
}

std::unique_ptr<Peers> join_peers(StorageSettings const& settings) {
    auto const url = parse_url(settings.url);
    if (url.dialect != Dialect::postgresql || settings.read_only) return nullptr;
    return std::make_unique<PostgresqlPeers>(url);
}

void tell_peers(Tx& tx, std::string_view text) {
    if (tx.dialect() != Dialect::postgresql) return;
    static std::string const sql = "select pg_notify(" + std::string(channel) + ", :text)";
    tx.put(sql, {arg("text", text)});
}

}  // namespace partnerd::storage
