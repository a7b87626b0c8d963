#include "routing/dispatcher.hpp"

#include <algorithm>
#include <thread>

#include "domain/text.hpp"
#include "logging/log.hpp"
#include "routing/answer.hpp"
#include "routing/work_claim.hpp"
#include "routing/write_unit.hpp"

namespace partnerd::routing {

namespace {

constexpr int io_rounds_max = 8;
constexpr std::uint64_t io_bucket = 0x10;  // clicks of an address do not use up its other requests

PrincipalKind principal_kind(auth::KeyKind kind) { return static_cast<PrincipalKind>(kind); }
static_assert(static_cast<int>(PrincipalKind::operator_) == static_cast<int>(auth::KeyKind::operator_));
static_assert(static_cast<int>(PrincipalKind::merchant) == static_cast<int>(auth::KeyKind::merchant));
static_assert(static_cast<int>(PrincipalKind::partner) == static_cast<int>(auth::KeyKind::partner));

bool is_safe(std::string_view method) { return method == "GET" || method == "HEAD"; }

// "Bearer <key>", the scheme in any case (RFC 9110 section 11.1).
std::string_view bearer_token(std::string_view header) {
    constexpr std::string_view scheme = "bearer ";
    if (header.size() <= scheme.size() || lower_ascii(header.substr(0, scheme.size())) != scheme) return {};
    return trim(header.substr(scheme.size()));
}

std::string media_type(Request const& request) {
    auto const header = request.header("content-type");
    return lower_ascii(trim(header.substr(0, header.find(';'))));
}

bool takes(std::string_view accepted, std::string_view type) {
    while (!(accepted = trim(accepted)).empty()) {
        auto const word = accepted.substr(0, accepted.find(' '));
        accepted.remove_prefix(word.size());
        if (word == type || word == "*") return true;
    }
    return false;
}

Status check_media_type(Request const& request, RouteEntry const& entry) {
    if (request.body.empty() || is_safe(request.method)) return {};
    if (takes(entry.route.accepts, media_type(request))) return {};
    return Error(errc::unsupported_media_type, "send Content-Type: " + entry.route.accepts, "Content-Type");
}

Status read_parameters(Request& request, RouteEntry const& entry) {
    auto const path = request.path();
    if (path.size() < request.target.size()) {
        auto const text = std::string_view(request.target).substr(path.size() + 1);
        // Who follows a link has not written what networks and browsers hang on to it, and cannot put it right.
        auto query = entry.route.kind == RouteKind::io ? readable_query(text) : parse_query(text);
        if (!query) return query.error();
        std::move(query->begin(), query->end(), std::back_inserter(request.params));
    }
    constexpr std::string_view form = "application/x-www-form-urlencoded";
    if (request.body.empty() || media_type(request) != form || !takes(entry.route.accepts, form)) return {};
    auto pairs = parse_query(request.body);
    if (!pairs) return pairs.error();
    std::move(pairs->begin(), pairs->end(), std::back_inserter(request.params));
    return {};
}

Result<bool> wants_dry_run(Request const& request) {
    for (auto at = request.path_params; at < request.params.size(); ++at) {
        auto const& [name, value] = request.params[at];
        if (name != "dry_run") continue;
        if (value != "0" && value != "1") return Error(errc::invalid_query, "dry_run must be 0 or 1", "dry_run");
        return value == "1";
    }
    return false;
}

std::string_view kind_text(PrincipalKind kind) {
    return kind == PrincipalKind::none ? std::string_view("public") : auth::kind_name(static_cast<auth::KeyKind>(kind));
}

}  // namespace

Dispatcher::Dispatcher(Router router, storage::Storage& storage, auth::KeyRing& keys, ProgramDirectory const& programs, Clock const& clock,
                       DispatcherSettings settings)
    : router_(std::move(router)),
      storage_(storage),
      keys_(keys),
      programs_(programs),
      clock_(clock),
      settings_(settings),
      pool_(settings.workers, settings.worker_queue_max) {}

Dispatcher::~Dispatcher() {
    pool_.stop();
    // The storage calls done() for every unit, so this ends.
    while (units_.load() != 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

std::size_t Dispatcher::body_limit(std::string_view method, std::string_view path) const {
    auto const match = router_.find(method, path);
    return match.entry == nullptr ? 0 : match.entry->route.max_body;
}

void Dispatcher::handle(Exchange& exchange) {
    requests_.fetch_add(1, std::memory_order_relaxed);
    in_flight_.fetch_add(1);
    exchange.observer = this;
    exchange.rate = {};
    exchange.response.clear();
    exchange.request.params.clear();
    exchange.request.path_params = 0;
    if (exchange.request.arrived_us == 0) exchange.request.arrived_us = clock_.now_us();
    RouteEntry const* entry = nullptr;
    Status prepared;
    try {
        prepared = prepare(exchange, entry);
    } catch (std::exception const& failure) {
        log_failure(exchange.request, failure.what());
        prepared = errc::internal;
    }
    if (!prepared) return refuse(exchange, prepared.error());
    if (entry == nullptr) return exchange.complete();  // OPTIONS
    run(exchange, *entry);
}

Status Dispatcher::prepare(Exchange& exchange, RouteEntry const*& entry) {
    auto& request = exchange.request;
    if (auto matched = match(exchange, entry); !matched || entry == nullptr) return matched;
    if (draining_.load() && !entry->route.while_draining)
        return Error(errc::draining, "try again; another or the restarted server will answer");
    if (auto known = authenticate(exchange, *entry); !known) return known;
    if (auto limited = limit_rate(exchange, *entry); !limited) return limited;
    if (auto resolved = resolve_program(request, *entry); !resolved) return resolved;
    if (auto typed = check_media_type(request, *entry); !typed) return typed;
    return read_parameters(request, *entry);
}

// Leaves `entry` empty when OPTIONS was answered.
Status Dispatcher::match(Exchange& exchange, RouteEntry const*& entry) {
    auto& request = exchange.request;
    auto const found = router_.find(request.method, request.path());
    if (!found.allow.empty()) exchange.response.set_header("allow", found.allow);
    if (found.entry == nullptr && request.method == "OPTIONS" && !found.allow.empty()) {
        exchange.response.status = 204;
        return {};
    }
    if (found.entry == nullptr) return found.error;
    for (std::size_t i = 0; i < found.entry->parameters.size(); ++i) {
        auto& [name, value] = request.params.emplace_back(found.entry->parameters[i], std::string());
        decode_segment(found.raw[i], value);
    }
    request.path_params = request.params.size();
    entry = found.entry;
    return {};
}

Status Dispatcher::authenticate(Exchange& exchange, RouteEntry const& entry) {
    auto& request = exchange.request;
    request.principal = {};
    if (entry.kinds == 0) return {};
    if (!request.has_header("authorization")) {
        bool const for_operators = (entry.kinds & (1u << static_cast<int>(PrincipalKind::operator_))) != 0;
        if (request.from_operator && for_operators) request.principal.kind = PrincipalKind::operator_;
        if (entry.open || request.principal.kind == PrincipalKind::operator_) return {};
        exchange.response.set_header("www-authenticate", "Bearer realm=\"partnerd\"");
        return Error(errc::missing_key, "send Authorization: Bearer <key>", "Authorization");
    }
    auto const holder = keys_.find(bearer_token(request.header("authorization")), request.arrived_us);
    if (!holder) {
        exchange.response.set_header("www-authenticate", "Bearer realm=\"partnerd\", error=\"invalid_token\"");
        return Error(errc::invalid_key, "the key is unknown, revoked or expired", "Authorization");
    }
    auto const kind = principal_kind(holder->kind);
    if ((entry.kinds & (1u << static_cast<int>(kind))) == 0)
        return Error(errc::forbidden, "this resource is for: " + entry.route.scopes + "; the key is of a" +
                                          (kind == PrincipalKind::operator_ ? "n " : " ") + std::string(auth::kind_name(holder->kind)));
    if (holder->scopes == "read" && !is_safe(request.method)) return Error(errc::forbidden, "this key may only read");
    request.principal = {kind, holder->principal, holder->key, holder->test, holder->scopes};
    return {};
}

Status Dispatcher::limit_rate(Exchange& exchange, RouteEntry const& entry) {
    auto const& request = exchange.request;
    if (request.from_operator) return {};
    bool const keyed = request.principal.key != 0;
    bool const io = entry.route.kind == RouteKind::io;
    auto const& limit = keyed ? settings_.per_key : io ? settings_.per_address_io : settings_.per_address;
    if (!limit.on()) return {};
    auto const caller = keyed ? caller_of_key(request.principal.key) : caller_of_address(request.client_ip) ^ (io ? io_bucket : 0);
    exchange.rate = limiter_.take(limit, caller, request.arrived_us);
    if (exchange.rate.allowed) return {};
    rate_limited_.fetch_add(1, std::memory_order_relaxed);
    return Error(errc::rate_limited, "wait " + std::to_string(exchange.rate.retry_after_s) + " s");
}

Status Dispatcher::resolve_program(Request& request, RouteEntry const& entry) const {
    request.program = 0;
    if (!entry.has_program) return {};
    auto const text = request.param("program").value_or("");
    auto const program = programs_.find(text);
    bool const foreign = program && request.principal.kind == PrincipalKind::merchant && request.principal.id != *program;
    if (!program || foreign) return errc::unknown_program;
    if (!entry.route.plugin.empty() && !programs_.plugin_enabled(*program, entry.route.plugin)) return errc::not_found;
    request.program = *program;
    return {};
}

void Dispatcher::run(Exchange& exchange, RouteEntry const& entry) {
    switch (entry.route.kind) {
        case RouteKind::read: return run_read(exchange, entry);
        case RouteKind::write: return run_write(exchange, entry);
        case RouteKind::worker: return run_worker(exchange, entry);
        case RouteKind::io: return run_io(exchange, entry, 1);
    }
}

void Dispatcher::on_worker(Exchange& exchange, RouteEntry const& entry, std::function<Status()> work) {
    bool const taken = pool_.submit([this, &exchange, &entry, work = std::move(work)] {
        auto const status = attempt(exchange, entry, work);
        if (!status) return refuse(exchange, status.error());
        exchange.complete();
    });
    if (!taken) refuse(exchange, Error(errc::busy, "too many requests wait for a worker"));
}

// Runs work of a request that did not wait too long; what it throws becomes an error.
Status Dispatcher::attempt(Exchange& exchange, RouteEntry const& entry, std::function<Status()> const& work) {
    auto const waited_us = clock_.now_us() - exchange.request.arrived_us;
    if (waited_us > std::int64_t{entry.route.timeout_ms} * 1000) return Error(errc::deadline_exceeded, "the server is busy; try again");
    return guarded(exchange, work);
}

template <class Work>
Status Dispatcher::guarded(Exchange& exchange, Work const& work) {
    try {
        return work();
    } catch (Refused const& refused) {
        return refused.error;
    } catch (storage::Failure const& failure) {
        log_failure(exchange.request, failure.what());
        return error_of(failure.category);
    } catch (std::exception const& failure) {
        log_failure(exchange.request, failure.what());
    } catch (...) {
        log_failure(exchange.request, "an exception that is no std::exception");
    }
    return errc::internal;
}

void Dispatcher::run_read(Exchange& exchange, RouteEntry const& entry) {
    on_worker(exchange, entry, [this, &exchange, &entry] {
        Status status;
        storage_.read([&](storage::Tx& tx) {
            exchange.response.clear();
            status = entry.route.handle(tx, exchange.request, exchange.response);
        });
        return status;
    });
}

void Dispatcher::run_write(Exchange& exchange, RouteEntry const& entry) {
    auto const dry_run = wants_dry_run(exchange.request);
    if (!dry_run) return refuse(exchange, dry_run.error());
    auto keeping = read_keeping(exchange.request);
    if (!keeping) return refuse(exchange, keeping.error());
    if (*dry_run) keeping->reset();
    auto unit = std::make_unique<WriteUnit>(*this, exchange, entry, std::move(*keeping), *dry_run);
    units_.fetch_add(1);
    if (storage_.submit(*unit)) {
        (void)unit.release();  // done() deletes it
        return;
    }
    units_.fetch_sub(1);
    refuse(exchange, Error(errc::busy, "too many writes wait"));
}

void Dispatcher::run_worker(Exchange& exchange, RouteEntry const& entry) {
    auto keeping = read_keeping(exchange.request);
    if (!keeping) return refuse(exchange, keeping.error());
    if (!*keeping) return on_worker(exchange, entry, [&exchange, &entry] { return entry.route.work(exchange.request, exchange.response); });
    on_worker(exchange, entry, [this, &exchange, &entry, kept = std::move(**keeping)] { return work_once(exchange, entry, kept); });
}

// A worker route has no unit of its own: its answer is kept right after it, and the same key is not run twice at a time.
Status Dispatcher::work_once(Exchange& exchange, RouteEntry const& entry, Keeping const& keeping) {
    auto const name = keeping.scope.lock_key();
    {
        std::lock_guard const lock(working_mutex_);
        if (!working_.insert(name).second) return Error(errc::busy, "the first request with this Idempotency-Key is still running");
    }
    auto const leave = [&](Set* set) {
        std::lock_guard const lock(working_mutex_);
        set->erase(name);
    };
    std::unique_ptr<Set, decltype(leave)> const guard(&working_, leave);
    WorkClaim claim(storage_, settings_.neighbours, keeping, clock_);
    auto const kept = claim.take();
    if (!kept) return kept.error();
    if (*kept) {
        replay(exchange.response, **kept, keeping.body_hash);
        replayed_.fetch_add(1, std::memory_order_relaxed);
        return {};
    }
    if (auto const status = entry.route.work(exchange.request, exchange.response); !status)
        answer_problem(exchange.response, status.error());
    if (worth_keeping(exchange.response)) claim.keep(to_keep(exchange.response, keeping.body_hash));
    return {};
}

void Dispatcher::run_io(Exchange& exchange, RouteEntry const& entry, int round) {
    std::function<void()> load;
    auto flow = IoFlow::answered;
    auto const work = [&]() -> Status {
        flow = entry.route.io(exchange, load);
        return {};
    };
    auto const status = round == 1 ? guarded(exchange, work) : attempt(exchange, entry, work);  // the first waited for nobody
    if (!status) return refuse(exchange, status.error());
    if (flow == IoFlow::deferred) return;  // and the exchange may be gone
    if (flow == IoFlow::answered) return exchange.complete();
    if (!load || round == io_rounds_max) {
        log_failure(exchange.request, "an io route asked for loads without end");
        return refuse(exchange, errc::internal);
    }
    bool const taken = pool_.submit([this, &exchange, &entry, round, load = std::move(load)] {
        auto const loaded = attempt(exchange, entry, [&]() -> Status {
            load();
            return {};
        });
        if (!loaded) return refuse(exchange, loaded.error());
        run_io(exchange, entry, round + 1);
    });
    if (!taken) refuse(exchange, Error(errc::busy, "too many requests wait for a worker"));
}

void Dispatcher::refuse(Exchange& exchange, Error const& error) {
    auto& response = exchange.response;
    std::vector<Field> kept;  // what an earlier step gave with its refusal
    for (auto& field : response.headers)
        if (field.name == "allow" || field.name == "www-authenticate") kept.push_back(std::move(field));
    answer_problem(response, error);
    std::move(kept.begin(), kept.end(), std::back_inserter(response.headers));
    exchange.complete();
}

void Dispatcher::answered(Exchange& exchange) noexcept {
    auto const& request = exchange.request;
    auto& response = exchange.response;
    if (auto const& rate = exchange.rate; rate.limit > 0) {
        response.set_header("ratelimit-limit", std::to_string(rate.limit));
        response.set_header("ratelimit-remaining", std::to_string(rate.remaining));
        response.set_header("ratelimit-reset", std::to_string(rate.reset_s));
        if (!rate.allowed) response.set_header("retry-after", std::to_string(rate.retry_after_s));
    }
    if (response.status >= 500) answered_5xx_.fetch_add(1, std::memory_order_relaxed);
    if (settings_.access_log && logging::enabled(logging::Level::info)) {
        logging::info("request", {{logging::request_id, request.request_id},
                                  {"method", request.method},
                                  {"path", request.path()},
                                  {"status", response.status},
                                  {"bytes", response.body.size()},
                                  {"us", clock_.now_us() - request.arrived_us},
                                  {"who", kind_text(request.principal.kind)},
                                  {"key", request.principal.key},
                                  {"program", request.program}});
    }
    in_flight_.fetch_sub(1);
}

bool Dispatcher::wait_idle(std::chrono::milliseconds at_most) const {
    auto const until = std::chrono::steady_clock::now() + at_most;
    while (in_flight_.load() > 0 || units_.load() > 0) {
        if (std::chrono::steady_clock::now() >= until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

DispatcherStatistics Dispatcher::statistics() const {
    return {requests_.load(), answered_5xx_.load(), rate_limited_.load(), replayed_.load(), static_cast<std::size_t>(in_flight_.load()),
            pool_.waiting()};
}

}  // namespace partnerd::routing
