// Errors on their way over the ABI, and the barrier: nothing thrown leaves a function of the host's tables.
#pragma once

#include <partnerd/base.h>

#include <string_view>

#include "domain/result.hpp"
#include "storage/tx.hpp"

namespace partnerd::plugins {

partnerd_error fresh_error() noexcept;  // zeroed, with its size

// Each fills *e if there is room for it, and returns the status.
partnerd_status fail(partnerd_error* e, partnerd_status status, std::string_view message) noexcept;
// A refusal of the core: 404 is E_NOTFOUND, 409 E_CONFLICT, 503 E_RETRY, other 4xx E_INVALID, else E_FAIL; with its stable code.
partnerd_status fail(partnerd_error* e, Error const& error) noexcept;
partnerd_status fail(partnerd_error* e, storage::Failure const& failure) noexcept;
// What is being handled, in a catch block.
partnerd_status fail_current(partnerd_error* e) noexcept;

// What a plugin returned, as the host's error: its own code when it gave one, else busy, deadline_exceeded or plugin_failed, where
// the message is for the log. Texts that are not UTF-8 are dropped.
Error plugin_error(std::string_view plugin, partnerd_status status, partnerd_error const& e);
// "E_NOTFOUND", for messages.
std::string_view status_name(partnerd_status status) noexcept;

template <class Body>
partnerd_status barrier(partnerd_error* e, Body&& body) noexcept {
    try {
        return body();
    } catch (...) {
        return fail_current(e);
    }
}

}  // namespace partnerd::plugins
