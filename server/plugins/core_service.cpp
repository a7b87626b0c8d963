#include "domain/calendar.hpp"
#include "plugins/c_text.hpp"
#include "plugins/instance.hpp"
#include "plugins/services.hpp"

namespace partnerd::plugins {
namespace {

partnerd_id mint(partnerd_host* host) noexcept {
    auto* const instance = instance_of(host);
    if (instance == nullptr || Frame::role_now() == Role::pure) return 0;
    partnerd_id id = 0;
    barrier(nullptr, [&] {
        id = instance->services->mint();
        return PARTNERD_OK;
    });
    return id;
}

bool is_prefix(std::string_view prefix) noexcept {
    return !prefix.empty() && prefix.size() <= 8 && std::ranges::all_of(prefix, [](char c) { return c >= 'a' && c <= 'z'; });
}

partnerd_status format_id(partnerd_id id, char const* prefix, partnerd_buf* text) noexcept {
    if (!is_prefix(sv_or_empty(prefix)) || id <= 0 || text == nullptr) return PARTNERD_E_INVALID;
    return barrier(nullptr, [&] {
        put(text, partnerd::format_id(prefix, id));
        return PARTNERD_OK;
    });
}

partnerd_status parse_id(partnerd_str text, char const* prefix, partnerd_id* id) noexcept {
    if (!is_prefix(sv_or_empty(prefix)) || id == nullptr) return PARTNERD_E_INVALID;
    return barrier(nullptr, [&]() -> partnerd_status {
        auto const parsed = partnerd::parse_id(prefix, sv(text));
        if (!parsed) return PARTNERD_E_NOTFOUND;
        *id = *parsed;
        return PARTNERD_OK;
    });
}

std::int64_t now_us(partnerd_host* host) noexcept {
    auto* const instance = instance_of(host);
    return instance == nullptr || Frame::role_now() == Role::pure ? 0 : instance->services->clock().now_us();
}

partnerd_status find(partnerd_tx* tx, char const* noun, partnerd_id program, partnerd_str handle, partnerd_id* id,
                     partnerd_error* e) noexcept {
    if (noun == nullptr || id == nullptr) return fail(e, PARTNERD_E_INVALID, "no noun, or no place for the id");
    return in_tx(tx, false, e, [&](Frame& frame) -> partnerd_status {
        auto const found = frame.instance.services->find(*frame.tx, noun, program, sv(handle));
        if (!found) return fail(e, found.error());
        *id = *found;
        return PARTNERD_OK;
    });
}

// The value as the type that was asked for; false: it is of another.
bool put_field(Frame& frame, FieldValue value, std::int32_t type, partnerd_value& out) {
    out = {};
    if (std::holds_alternative<std::monostate>(value)) return true;
    out.type = type;
    if (auto const* const flag = std::get_if<bool>(&value)) out.v.i64 = *flag ? 1 : 0;
    if (auto const* const number = std::get_if<std::int64_t>(&value)) out.v.i64 = *number;
    if (auto const* const at = std::get_if<rules::Instant>(&value)) out.v.i64 = at->at_us;
    if (auto const* const money = std::get_if<Money>(&value)) out.v.money = c_money(*money);
    if (auto* const text = std::get_if<std::string>(&value)) out.v.bytes = frame.keep(std::move(*text));
    static constexpr std::int32_t types[] = {PARTNERD_T_NULL, PARTNERD_T_BOOL,  PARTNERD_T_I64,
                                             PARTNERD_T_TEXT, PARTNERD_T_MONEY, PARTNERD_T_TIME_US};
    auto const own = types[value.index()];
    return type == own || (type == PARTNERD_T_I64 && (own == PARTNERD_T_TIME_US || own == PARTNERD_T_BOOL));
}

partnerd_status field(partnerd_tx* tx, char const* noun, partnerd_id id, char const* name, std::int32_t type, partnerd_value* value,
                      partnerd_error* e) noexcept {
    if (noun == nullptr || name == nullptr || value == nullptr)
        return fail(e, PARTNERD_E_INVALID, "no noun, no field, or no place for the value");
    return in_tx(tx, false, e, [&](Frame& frame) -> partnerd_status {
        auto found = frame.instance.services->field(*frame.tx, noun, id, name);
        if (!found) return fail(e, found.error());
        if (put_field(frame, std::move(*found), type, *value)) return PARTNERD_OK;
        return fail(e, PARTNERD_E_INVALID, std::string(noun) + "." + name + " is of another type");
    });
}

partnerd_status make_link(partnerd_tx* tx, partnerd_id enrollment, partnerd_str json, partnerd_id* link, partnerd_error* e) noexcept {
    if (link == nullptr) return fail(e, PARTNERD_E_INVALID, "no place for the link");
    return in_tx(tx, true, e, [&](Frame& frame) -> partnerd_status {
        Result<Id> made = errc::internal;
        frame.tx->nested([&] {
            made = frame.instance.services->make_link(*frame.tx, {frame.instance.id, enrollment, std::string(sv(json))});
            return made.has_value();
        });
        if (!made) return fail(e, made.error());
        *link = *made;
        return PARTNERD_OK;
    });
}

partnerd_status day_of(partnerd_tx* tx, partnerd_id program, std::int64_t at_us, std::int64_t* day, partnerd_error* e) noexcept {
    if (day == nullptr) return fail(e, PARTNERD_E_INVALID, "no place for the day");
    return in_tx(tx, false, e, [&](Frame& frame) -> partnerd_status {
        auto const zone = frame.instance.services->field(*frame.tx, "program", program, "zone");
        if (!zone) return fail(e, zone.error());
        auto const* const name = std::get_if<std::string>(&*zone);
        if (name == nullptr || !zone_exists(*name)) return fail(e, PARTNERD_E_FAIL, "the program has no time zone");
        *day = day_in_zone(at_us, *name);
        return PARTNERD_OK;
    });
}

partnerd_status parse_instant(partnerd_str text, std::int64_t* at_us) noexcept {
    if (at_us == nullptr) return PARTNERD_E_INVALID;
    return barrier(nullptr, [&]() -> partnerd_status {
        auto const parsed = partnerd::parse_instant(sv(text));
        if (!parsed) return PARTNERD_E_INVALID;
        *at_us = *parsed;
        return PARTNERD_OK;
    });
}

}  // namespace

partnerd_core_api const core_service = {
    sizeof(partnerd_core_api), 0, &mint, &format_id, &parse_id, &now_us, &find, &field, &make_link, &day_of, &parse_instant};

}  // namespace partnerd::plugins
