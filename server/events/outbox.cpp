#include "events/outbox.hpp"

#include <algorithm>
#include <set>

#include "logging/log.hpp"

namespace partnerd::events {

using storage::arg;

namespace {

constexpr int due_max = 256;
// The schedule that Standard Webhooks 1.0 suggests; afterwards the delivery is given up.
constexpr std::int64_t back_off_us[] = {5 * second_us, 5 * minute_us, 30 * minute_us, 2 * hour_us, 5 * hour_us,
                                        10 * hour_us,  14 * hour_us,  20 * hour_us,   24 * hour_us};

// A delivery may take so long before another server tries it as well.
constexpr std::int64_t lease_us = 2 * minute_us;

bool matches(std::string_view types, std::string_view type) {
    while (!types.empty()) {
        auto const end = types.find(' ');
        auto const pattern = types.substr(0, end);
        if (pattern == "*" || pattern == type) return true;
        if (pattern.ends_with(".*") && type.starts_with(pattern.substr(0, pattern.size() - 1))) return true;
        if (end == std::string_view::npos) return false;
        types.remove_prefix(end + 1);
    }
    return false;
}

}  // namespace

void Outbox::subscribe(std::string listener, std::string types, Subscriber on) { listeners_.push_back({std::move(listener), std::move(types), std::move(on), {}}); }
void Outbox::deliver(std::string listener, std::string types, Deliverer on) { listeners_.push_back({std::move(listener), std::move(types), {}, std::move(on)}); }
void Outbox::forget(std::string_view prefix) {
    std::erase_if(listeners_, [&](Listener const& listener) { return listener.name.starts_with(prefix); });
}

bool Outbox::wants(std::string_view type) const {
    return std::any_of(listeners_.begin(), listeners_.end(), [&](Listener const& listener) { return matches(listener.types, type); });
}

void Outbox::publish(storage::Tx& tx, Id program, std::string_view type, std::string_view ordering_key, std::string_view json) {
    constexpr auto text = storage::ColumnType::text;
    static storage::RowShape const events("outbox", {{"id"}, {"program"}, {"type", text}, {"ordering_key", text}, {"json", text}, {"at_us"}});
    static storage::RowShape const deliveries("outbox_delivery", {{"listener", text}, {"event"}, {"attempts"}, {"next_at_us"}, {"last_error", text}});
    Id event = 0;
    for (auto const& listener : listeners_) {
        if (!matches(listener.types, type)) continue;
        if (event == 0) {
            event = mint_.mint();
            tx.insert(events, {event, program, type, ordering_key, json, clock_.now_us()});
            tx.after_commit([this] {
                std::lock_guard const lock(mutex_);
                woken_ = true;
                changed_.notify_one();
            });
        }
        tx.insert(deliveries, {listener.name, event, std::int64_t{0}, std::int64_t{0}, ""});
    }
}

bool Outbox::finish(storage::Tx& tx, std::string_view listener, Id event) const {
    auto const gone = tx.exec("delete from outbox_delivery where listener = :listener and event = :event", {arg("listener", listener), arg("event", event)});
    auto const left = tx.value<std::int64_t>("select 1 from outbox_delivery where event = :event limit 1", {arg("event", event)});
    if (!left) tx.exec("delete from outbox where id = :id", {arg("id", event)});
    return gone == 1;
}

void Outbox::postpone(storage::Storage& storage, std::string_view listener, Event const& event, std::int64_t after_us, std::string_view error) const {
    storage.write([&](storage::Tx& tx) {
        tx.exec("update outbox_delivery set attempts = attempts + 1, next_at_us = :next, last_error = :error where listener = :listener and event = :event",
                {arg("next", clock_.now_us() + after_us), arg("error", error.substr(0, 500)), arg("listener", listener), arg("event", event.id)});
        return true;
    });
}

std::vector<Event> Outbox::load_due(storage::Storage& storage, std::string_view listener) const {
    std::vector<Event> due;
    storage.read([&](storage::Tx& tx) {
        // An event waits for the earlier ones of its key, also for those whose next attempt is later.
        for (auto const& [attempts, id, program, type, key, json, at] : tx.query<std::int64_t, std::int64_t, std::int64_t, std::string, std::string, std::string, std::int64_t>(
                 "select d.attempts, o.id, o.program, o.type, o.ordering_key, o.json, o.at_us from outbox_delivery d join outbox o on o.id = d.event "
                 "where d.listener = :listener and d.next_at_us <= :now and (o.ordering_key = '' or not exists (select 1 from outbox p join outbox_delivery e on e.event = p.id "
                 "where p.ordering_key = o.ordering_key and p.id < o.id and e.listener = d.listener and e.next_at_us > :now)) order by d.event limit :most",
                 {arg("listener", listener), arg("now", clock_.now_us()), arg("most", due_max)}))
            due.push_back({id, program, type, key, json, at, static_cast<int>(attempts) + 1});
    });
    return due;
}

// Where several servers share the storage, for as long as the lease holds no other one delivers the event, nor what comes behind it. A
// subscriber needs none: its effect and its mark commit together.
bool Outbox::claim(storage::Storage& storage, Listener const& listener, Event const& event) const {
    if (listener.subscriber || storage.dialect() == storage::Dialect::sqlite) return true;
    auto const now = clock_.now_us();
    return storage.write([&](storage::Tx& tx) {
        return tx.exec("update outbox_delivery set next_at_us = :lease where listener = :listener and event = :event and next_at_us <= :now",
                       {arg("lease", now + lease_us), arg("listener", listener.name), arg("event", event.id), arg("now", now)}) == 1;
    });
}

// What a listener throws is a failed attempt: it must not hold up the others.
DeliveryResult Outbox::attempt(storage::Storage& storage, Listener const& listener, Event const& event) const {
    try {
        if (!listener.subscriber) return listener.deliverer(event);
        Status status;
        storage.write_in_program(event.program, [&](storage::Tx& tx) {
            status = {};
            if (!finish(tx, listener.name, event.id)) return true;  // another node was quicker
            status = listener.subscriber(tx, event);
            return status.has_value();
        });
        if (status) return {DeliveryResult::State::done, 0, {}};
        return {DeliveryResult::State::retry, 0, status.error().message()};
    } catch (std::exception const& e) {
        return {DeliveryResult::State::retry, 0, e.what()};
    }
}

bool Outbox::hand_over(storage::Storage& storage, Listener const& listener, Event const& event) {
    if (!claim(storage, listener, event)) return false;
    auto const result = attempt(storage, listener, event);
    if (result.state == DeliveryResult::State::done && listener.subscriber) return true;
    auto const given_up = event.attempt > static_cast<int>(std::size(back_off_us));
    if (result.state == DeliveryResult::State::retry && !given_up) {
        auto const after = result.retry_after_us > 0 ? result.retry_after_us : back_off_us[event.attempt - 1];
        postpone(storage, listener.name, event, after, result.error);
        return false;
    }
    if (result.state != DeliveryResult::State::done)
        logging::error("an event was not delivered and is given up", {{"listener", listener.name}, {"event", format_id("evt", event.id)}, {"type", event.type}, {"error", result.error}});
    storage.write([&](storage::Tx& tx) { return finish(tx, listener.name, event.id), true; });
    return true;
}

int Outbox::deliver_to(storage::Storage& storage, Listener const& listener) {
    std::set<std::string> held;  // keys whose earlier event failed in this round
    int handled = 0;
    for (auto const& event : load_due(storage, listener.name)) {
        if (stopping_) break;
        if (held.contains(event.ordering_key)) continue;
        ++handled;
        if (!hand_over(storage, listener, event) && !event.ordering_key.empty()) held.insert(event.ordering_key);
    }
    return handled;
}

int Outbox::run_once(storage::Storage& storage) {
    int handled = 0;
    for (auto const& listener : listeners_) handled += deliver_to(storage, listener);
    return handled;
}

void Outbox::start(storage::Storage& storage) {
    if (listeners_.empty()) return;
    thread_ = std::thread([this, &storage] { loop(storage); });
}

void Outbox::stop() {
    stopping_ = true;
    {
        std::lock_guard const lock(mutex_);
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void Outbox::loop(storage::Storage& storage) {
    while (!stopping_) {
        int handled = 0;
        try {
            handled = run_once(storage);
        } catch (std::exception const& e) {
            logging::error("the outbox could not deliver; it will try again", {{"error", e.what()}});
        }
        if (handled > 0) continue;
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(1), [this] { return woken_ || stopping_; });
        woken_ = false;
    }
}

}  // namespace partnerd::events
