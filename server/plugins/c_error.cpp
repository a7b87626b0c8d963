#include "plugins/c_error.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "domain/text.hpp"
#include "plugins/c_text.hpp"

namespace partnerd::plugins {
namespace {

bool writable(partnerd_error const* e) noexcept { return e != nullptr && e->struct_size >= sizeof(partnerd_error); }

void clear(partnerd_error& e) noexcept {
    auto const size = e.struct_size;
    std::memset(&e, 0, sizeof e);
    e.struct_size = size;
}

bool is_reason(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::string clean(std::string_view text) { return is_utf8(text) ? std::string(text) : std::string("(text that is not UTF-8)"); }

partnerd_status status_of(int http) noexcept {
    if (http == 404) return PARTNERD_E_NOTFOUND;
    if (http == 409) return PARTNERD_E_CONFLICT;
    if (http == 503) return PARTNERD_E_RETRY;
    if (http == 504) return PARTNERD_E_TIMEOUT;
    return http < 500 ? PARTNERD_E_INVALID : PARTNERD_E_FAIL;
}

}  // namespace

partnerd_error fresh_error() noexcept {
    partnerd_error e{};
    e.struct_size = sizeof e;
    return e;
}

partnerd_status fail(partnerd_error* e, partnerd_status status, std::string_view message) noexcept {
    if (!writable(e)) return status;
    clear(*e);
    e->status = status;
    put_text(e->message, message);
    return status;
}

partnerd_status fail(partnerd_error* e, Error const& error) noexcept {
    int const http = error.foreign_status != 0 ? error.foreign_status : http_status(error.code);
    auto const status = fail(e, status_of(http), error.detail.empty() ? title(error.code) : std::string_view(error.detail));
    if (!writable(e)) return status;
    e->http_status = http;
    put_text(e->reason, error.name());
    put_text(e->field, error.field);
    return status;
}

partnerd_status fail(partnerd_error* e, storage::Failure const& failure) noexcept {
    using Category = storage::Failure::Category;
    auto const timed_out = failure.category == Category::timeout;
    auto const later =
        failure.category == Category::connection || failure.category == Category::conflict || failure.category == Category::full;
    auto const state = failure.category == Category::state;
    auto const status = fail(e,
                             timed_out ? PARTNERD_E_TIMEOUT
                             : later   ? PARTNERD_E_RETRY
                             : state   ? PARTNERD_E_STATE
                                       : PARTNERD_E_FAIL,
                             failure.what());
    if (!writable(e)) return status;
    e->db_category = timed_out || state ? PARTNERD_DB_OTHER : static_cast<std::int32_t>(failure.category);
    put_text(e->sqlstate, failure.sqlstate);
    return status;
}

partnerd_status fail_current(partnerd_error* e) noexcept {
    try {
        throw;
    } catch (Refused const& refused) {
        return fail(e, refused.error);
    } catch (storage::Failure const& failure) {
        return fail(e, failure);
    } catch (std::bad_alloc const&) {
        return fail(e, PARTNERD_E_NOMEM, "out of memory");
    } catch (std::exception const& error) {
        return fail(e, PARTNERD_E_FAIL, error.what());
    } catch (...) {
        return fail(e, PARTNERD_E_FAIL, "an exception of unknown type in the host");
    }
}

std::string_view status_name(partnerd_status status) noexcept {
    switch (status) {
        case PARTNERD_E_FAIL: return "E_FAIL";
        case PARTNERD_E_INVALID: return "E_INVALID";
        case PARTNERD_E_NOTFOUND: return "E_NOTFOUND";
        case PARTNERD_E_CONFLICT: return "E_CONFLICT";
        case PARTNERD_E_RETRY: return "E_RETRY";
        case PARTNERD_E_TIMEOUT: return "E_TIMEOUT";
        case PARTNERD_E_THREAD: return "E_THREAD";
        case PARTNERD_E_STATE: return "E_STATE";
        case PARTNERD_E_UNSUPPORTED: return "E_UNSUPPORTED";
        case PARTNERD_E_NOMEM: return "E_NOMEM";
        default: return status < 0 ? "an unknown error" : "OK";
    }
}

Error plugin_error(std::string_view plugin, partnerd_status status, partnerd_error const& e) {
    auto const reason = get_text(e.reason);
    auto const message = clean(get_text(e.message));
    if (is_reason(reason) && e.http_status >= 400 && e.http_status <= 599) {
        Error error(errc::plugin_failed, message, clean(get_text(e.field)));
        error.foreign_code = reason;
        error.foreign_status = e.http_status;
        return error;
    }
    auto const code = status == PARTNERD_E_RETRY     ? errc::busy
                      : status == PARTNERD_E_TIMEOUT ? errc::deadline_exceeded
                                                     : errc::plugin_failed;
    return Error(code, "plugin " + std::string(plugin) + ": " + (message.empty() ? std::string(status_name(status)) : message));
}

}  // namespace partnerd::plugins
