#include "domain/text.hpp"
#include "plugins/c_text.hpp"
#include "plugins/instance.hpp"
#include "plugins/services.hpp"

namespace partnerd::plugins {
namespace {

partnerd_status publish(partnerd_tx* tx, partnerd_id program, partnerd_str type, partnerd_str ordering_key, partnerd_str json,
                        partnerd_error* e) noexcept {
    return in_tx(tx, true, e, [&](Frame& frame) -> partnerd_status {
        if (!sv(type).starts_with(frame.instance.id + "."))
            return fail(e, PARTNERD_E_INVALID, "an event of plugin " + frame.instance.id + " begins with " + frame.instance.id + ".");
        if (!is_utf8(sv(type)) || !is_utf8(sv(json)) || !sv(json).starts_with('{'))
            return fail(e, PARTNERD_E_INVALID, "an event is a JSON object in UTF-8");
        auto const status = frame.instance.services->publish(
            *frame.tx, {program, std::string(sv(type)), std::string(sv(ordering_key)), std::string(sv(json))});
        return status ? PARTNERD_OK : fail(e, status.error());
    });
}

partnerd_event c_event(events::Event const& event) noexcept {
    partnerd_event c{};
    c.struct_size = sizeof c;
    c.attempt = static_cast<std::uint32_t>(event.attempt);
    c.id = event.id;
    c.program = event.program;
    c.type = str(event.type);
    c.ordering_key = str(event.ordering_key);
    c.json = str(event.json);
    c.at_us = event.at_us;
    return c;
}

// "coupons.3": the outbox knows a listener by it across restarts, so it is the order of registration.
std::string listener_name(Instance const& instance) { return instance.id + "." + std::to_string(instance.registered.listeners.size() + 1); }

partnerd_status subscribe(partnerd_host* host, char const* types, partnerd_on_event on, void* user, partnerd_error* e) noexcept {
    return in_create(host, e, [&](Instance& instance) -> partnerd_status {
        if (sv_or_empty(types).empty() || on == nullptr) return fail(e, PARTNERD_E_INVALID, "a subscriber names types and has a function");
        auto subscriber = [&instance, on, user](storage::Tx& tx, events::Event const& event) -> Status {
            auto const c = c_event(event);
            return call_in_tx(instance, tx, [&](Frame& frame, partnerd_error* error) { return on(user, &c, frame.c_tx(), error); });
        };
        instance.registered.listeners.push_back({listener_name(instance), types, std::move(subscriber), nullptr});
        return PARTNERD_OK;
    });
}

events::DeliveryResult delivered(Instance& instance, partnerd_deliver_event on, void* user, events::Event const& event) {
    using State = events::DeliveryResult::State;
    auto const c = c_event(event);
    Frame const frame(instance, Role::worker);
    auto error = fresh_error();
    auto const status = on(user, &c, &error);
    if (status >= 0) return {};
    auto const message = plugin_error(instance.id, status, error).detail;
    auto const after_us = status == PARTNERD_E_RETRY ? std::int64_t{std::max(error.retry_after_ms, 0)} * 1000 : 0;
    return {State::retry, after_us, message};
}

partnerd_status deliver(partnerd_host* host, char const* types, partnerd_deliver_event on, void* user, partnerd_error* e) noexcept {
    return in_create(host, e, [&](Instance& instance) -> partnerd_status {
        if (sv_or_empty(types).empty() || on == nullptr) return fail(e, PARTNERD_E_INVALID, "a deliverer names types and has a function");
        auto deliverer = [&instance, on, user](events::Event const& event) { return delivered(instance, on, user, event); };
        instance.registered.listeners.push_back({listener_name(instance), types, nullptr, std::move(deliverer)});
        return PARTNERD_OK;
    });
}

}  // namespace

partnerd_events_api const events_service = {sizeof(partnerd_events_api), 0, &publish, &subscribe, &deliver};

}  // namespace partnerd::plugins
