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
    Id event = 0;
    for (auto const& listener : listeners_) {
        if (!matches(listener.types, type)) continue;
        if (event == 0) {
            event = mint_.mint();
            tx.exec("insert into outbox (id, program, type, ordering_key, json, at_us) values (:id, :program, :type, :key, :json, :now)",
                    {arg("id", event), arg("program", program), arg("type", type), arg("key", ordering_key), arg("json", json), arg("now", clock_.now_us())});
            tx.after_commit([this] {
                std::lock_guard const lock(mutex_);
                woken_ = true;
                changed_.notify_one();
            });
        }
        tx.exec("insert into outbox_delivery (listener, event, attempts, next_at_us, last_error) values (:listener, :event, 0, 0, '')",
                {arg("listener", listener.name), arg("event", event)});
    }
}

void Outbox::finish(storage::Tx& tx, std::string_view listener, Id event) const {
    tx.exec("delete from outbox_delivery where listener = :listener and event = :event", {arg("listener", listener), arg("event", event)});
    auto const left = tx.value<std::int64_t>("select count(*) from outbox_delivery where event = :event", {arg("event", event)});
    if (left == 0) tx.exec("delete from outbox where id = :id", {arg("id", event)});
}

void Outbox::postpone(storage::Storage& storage, std::string_view listener, Event const& event, std::int64_t after_us, std::string_view error) const {
    storage.write([&](storage::Tx& tx) {
        tx.exec("update outbox_delivery set attempts = attempts + 1, next_at_us = :next, last_error = :error where listener = :listener and event = :event",
                {arg("next", clock_.now_us() + after_us), arg("error", error.substr(0, 500)), arg("listener", listener), arg("event", event.id)});
        return true;
    });
}

std::vector<Outbox::Due> Outbox::load_due(storage::Storage& storage) const {
    std::vector<Due> due;
    storage.read([&](storage::Tx& tx) {
        // Waiting ones too: a later event of the same key must not overtake them.
        std::set<std::pair<std::string, std::string>> held;
        for (auto const& [listener, attempts, next, id, program, type, key, json, at] :
             tx.query<std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::string, std::string, std::string, std::int64_t>(
                 "select d.listener, d.attempts, d.next_at_us, o.id, o.program, o.type, o.ordering_key, o.json, o.at_us "
                 "from outbox_delivery d join outbox o on o.id = d.event order by o.id limit 4096")) {
            bool const waits = next > clock_.now_us();
            if (!key.empty() && (waits ? !held.emplace(listener, key).second : held.contains({listener, key}))) continue;
            if (waits) continue;
            due.push_back({listener, {id, program, type, key, json, at, static_cast<int>(attempts) + 1}});
            if (due.size() >= due_max) return;
        }
    });
    return due;
}

bool Outbox::hand_over(storage::Storage& storage, Listener const& listener, Event const& event) {
    DeliveryResult result;
    if (listener.subscriber) {
        Status status;
        storage.write([&](storage::Tx& tx) {
            status = listener.subscriber(tx, event);
            if (status) finish(tx, listener.name, event.id);
            return status.has_value();
        });
        if (status) return true;
        result = {DeliveryResult::State::retry, 0, status.error().message()};
    } else {
        result = listener.deliverer(event);
    }
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

int Outbox::run_once(storage::Storage& storage) {
    auto const due = load_due(storage);
    std::set<std::pair<std::string, std::string>> held;  // keys whose earlier event failed in this round
    int handled = 0;
    for (auto const& [name, event] : due) {
        auto const listener = std::find_if(listeners_.begin(), listeners_.end(), [&, wanted = std::string_view(name)](Listener const& l) { return l.name == wanted; });
        if (listener == listeners_.end() || held.contains({name, event.ordering_key})) continue;
        ++handled;
        if (!hand_over(storage, *listener, event) && !event.ordering_key.empty()) held.emplace(name, event.ordering_key);
    }
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
