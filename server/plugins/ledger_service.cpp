#include "plugins/c_text.hpp"
#include "plugins/instance.hpp"
#include "plugins/services.hpp"

namespace partnerd::plugins {
namespace {

constexpr std::size_t legs_max = 1000;

std::string own(Instance const& instance, std::string_view name) { return instance.id + "_" + std::string(name); }
bool is_own(Instance const& instance, std::string_view name) { return name.starts_with(instance.id + "_"); }

bool is_account_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == ':';
    });
}

partnerd_status open_account(partnerd_tx* tx, partnerd_id program, partnerd_str name, char const* unit, std::int32_t exponent,
                             partnerd_id* account, partnerd_error* e) noexcept {
    if (account == nullptr || !is_account_name(sv(name)))
        return fail(e, PARTNERD_E_INVALID, "an account's name is 1 to 100 of a-z 0-9 '_' '-' ':'");
    return in_tx(tx, true, e, [&](Frame& frame) -> partnerd_status {
        auto const currency = currency_of(sv_or_empty(unit), exponent);
        if (!currency) return fail(e, currency.error());
        if (currency->empty()) return fail(e, PARTNERD_E_INVALID, "an account has a unit");
        auto const opened = frame.instance.services->open_account(*frame.tx, program, own(frame.instance, sv(name)), *currency);
        if (!opened) return fail(e, opened.error());
        *account = *opened;
        return PARTNERD_OK;
    });
}

// not_found for an account that is not this plugin's: what others have is none of its business.
Status check_own(Frame& frame, Id account) {
    auto const name = frame.instance.services->account_name(*frame.tx, account);
    if (!name) return name.error();
    if (is_own(frame.instance, *name)) return {};
    return Error(errc::not_found, "there is no such account of plugin " + frame.instance.id);
}

Result<LedgerEntry> read_entry(Frame& frame, partnerd_id program, partnerd_str key, partnerd_leg const* legs, std::size_t n,
                               std::size_t stride, partnerd_str memo) {
    if (key.len == 0) return Error(errc::missing_field, "an entry has a key");
    if (legs == nullptr || n < 2 || n > legs_max || stride < PARTNERD_SIZE_TO(partnerd_leg, money))
        return Error(errc::invalid_field, "2 to 1000 legs, and their stride");
    LedgerEntry entry{frame.instance.id, program, own(frame.instance, sv(key)), {}, std::string(sv(memo))};
    for (std::size_t i = 0; i < n; ++i) {
        auto const& leg = *element(legs, stride, i);
        auto const currency = currency_of(get_text(leg.money.unit), leg.money.exponent);
        if (!currency) return currency.error();
        if (auto const status = check_own(frame, leg.account); !status) return status.error();
        entry.legs.push_back({leg.account, Money{leg.money.minor, *currency}});
    }
    return entry;
}

// A refused entry leaves nothing behind, and the unit goes on.
template <class Post>
partnerd_status post_in(Frame& frame, partnerd_id* entry, partnerd_error* e, Post&& post) {
    Result<Id> posted = errc::internal;
    frame.tx->nested([&] {
        posted = post();
        return posted.has_value();
    });
    if (!posted) return fail(e, posted.error());
    if (entry != nullptr) *entry = *posted;
    return PARTNERD_OK;
}

partnerd_status post(partnerd_tx* tx, partnerd_id program, partnerd_str key, partnerd_leg const* legs, std::size_t n, std::size_t stride,
                     partnerd_str memo, partnerd_id* entry, partnerd_error* e) noexcept {
    return in_tx(tx, true, e, [&](Frame& frame) -> partnerd_status {
        auto const read = read_entry(frame, program, key, legs, n, stride, memo);
        if (!read) return fail(e, read.error());
        return post_in(frame, entry, e, [&] { return frame.instance.services->post(*frame.tx, *read); });
    });
}

partnerd_status reverse(partnerd_tx* tx, partnerd_id program, partnerd_str key, partnerd_id entry, partnerd_str reason,
                        partnerd_id* reversal, partnerd_error* e) noexcept {
    return in_tx(tx, true, e, [&](Frame& frame) -> partnerd_status {
        if (key.len == 0) return fail(e, PARTNERD_E_INVALID, "a reversal has a key");
        auto const found = frame.instance.services->entry_key(*frame.tx, program, entry);
        if (!found) return fail(e, found.error());
        if (!is_own(frame.instance, *found)) return fail(e, PARTNERD_E_NOTFOUND, "there is no such entry of plugin " + frame.instance.id);
        auto const full_key = own(frame.instance, sv(key));
        return post_in(frame, reversal, e,
                       [&] { return frame.instance.services->reverse(*frame.tx, program, full_key, entry, sv(reason)); });
    });
}

partnerd_status balance(partnerd_tx* tx, partnerd_id account, partnerd_money* out, partnerd_error* e) noexcept {
    if (out == nullptr) return fail(e, PARTNERD_E_INVALID, "no place for the balance");
    return in_tx(tx, false, e, [&](Frame& frame) -> partnerd_status {
        if (auto const status = check_own(frame, account); !status) return fail(e, status.error());
        auto const sum = frame.instance.services->balance(*frame.tx, account);
        if (!sum) return fail(e, sum.error());
        *out = c_money(*sum);
        return PARTNERD_OK;
    });
}

}  // namespace

partnerd_ledger_api const ledger_service = {sizeof(partnerd_ledger_api), 0, &open_account, &post, &reverse, &balance};

}  // namespace partnerd::plugins
