#include "plugins/c_text.hpp"
#include "plugins/cache_load.hpp"
#include "plugins/deferred.hpp"
#include "plugins/instance.hpp"
#include "plugins/plugin_route.hpp"
#include "plugins/services.hpp"

#include <array>

#include "domain/bytes.hpp"
#include "domain/text.hpp"

namespace partnerd::plugins {
namespace {

constexpr std::size_t body_bytes_max = 16 << 20;

partnerd_status add_route(partnerd_host* host, partnerd_route const* given, partnerd_error* e) noexcept {
    return in_create(host, e, [&](Instance& instance) -> partnerd_status {
        if (given == nullptr || given->struct_size < PARTNERD_SIZE_TO(partnerd_route, user))
            return fail(e, PARTNERD_E_INVALID, "no route, or a struct_size that is too small");
        auto route = plugin_route(instance, whole(given));
        if (!route) return fail(e, PARTNERD_E_INVALID, route.error().detail);
        if (auto const taken = who_has(instance, *route); !taken.empty())
            return fail(e, PARTNERD_E_CONFLICT, route->method + " " + route->path + " is a route of " + taken);
        instance.registered.routes.push_back(std::move(*route));
        return PARTNERD_OK;
    });
}

// --- the request

partnerd_status principal(partnerd_req* req, partnerd_principal* out) noexcept {
    auto const* const frame = Frame::of(req);
    if (frame == nullptr) return PARTNERD_E_STATE;
    if (out == nullptr) return PARTNERD_E_INVALID;
    auto const& who = frame->request->principal;
    partnerd_principal p{};
    p.kind = static_cast<std::int32_t>(who.kind);
    p.id = who.id;
    p.key = who.key;
    p.test = who.test ? 1 : 0;
    p.scopes = str(who.scopes);
    give(out, p);
    return PARTNERD_OK;
}
partnerd_id program(partnerd_req* req) noexcept {
    auto const* const frame = Frame::of(req);
    return frame == nullptr ? 0 : frame->request->program;
}
template <auto Member>
partnerd_str text(partnerd_req* req) noexcept {
    auto const* const frame = Frame::of(req);
    return frame == nullptr ? partnerd_str{"", 0} : str(frame->request->*Member);
}
partnerd_status header(partnerd_req* req, partnerd_str name, partnerd_str* value) noexcept {
    auto const* const frame = Frame::of(req);
    if (frame == nullptr) return PARTNERD_E_STATE;
    if (value == nullptr) return PARTNERD_E_INVALID;
    return barrier(nullptr, [&]() -> partnerd_status {
        auto const* const found = frame->request->find_header(lower_ascii(sv(name)));
        if (found == nullptr) return PARTNERD_E_NOTFOUND;
        *value = str(found->value);
        return PARTNERD_OK;
    });
}
partnerd_status param(partnerd_req* req, partnerd_str name, std::size_t nth, partnerd_str* value) noexcept {
    auto const* const frame = Frame::of(req);
    if (frame == nullptr) return PARTNERD_E_STATE;
    if (value == nullptr) return PARTNERD_E_INVALID;
    auto const found = frame->request->param(sv(name), nth);
    if (!found) return PARTNERD_E_NOTFOUND;
    *value = str(*found);
    return PARTNERD_OK;
}
partnerd_status cookie(partnerd_req* req, partnerd_str name, partnerd_str* value) noexcept {
    auto const* const frame = Frame::of(req);
    if (frame == nullptr) return PARTNERD_E_STATE;
    if (value == nullptr) return PARTNERD_E_INVALID;
    auto const found = frame->request->cookie(sv(name));
    if (found.data() == nullptr || found.empty()) return PARTNERD_E_NOTFOUND;
    *value = str(found);
    return PARTNERD_OK;
}

// --- the answer

// Runs body(response): of the route that is under way, or of a deferred that was claimed.
template <class Body>
partnerd_status with_answer(partnerd_resp* resp, Body&& body) noexcept {
    return barrier(nullptr, [&]() -> partnerd_status {
        if (auto const* const frame = Frame::of(resp)) return body(*frame->response);
        auto const deferred = Deferred::find(resp);
        auto* const response = deferred == nullptr ? nullptr : deferred->claimed();
        return response == nullptr ? PARTNERD_E_STATE : body(*response);
    });
}

constexpr std::size_t header_name_bytes_max = 128;

// The bytes of a token in lower case; 0 for all others.
constexpr std::array<char, 256> lower_token_bytes = [] {
    std::array<char, 256> lower{};
    for (char const c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")) lower[static_cast<unsigned char>(c)] = c;
    for (int c = 'a'; c <= 'z'; ++c) lower[static_cast<std::size_t>(c - 32)] = static_cast<char>(c);
    return lower;
}();

// The name of a header field in lower case, in `buffer`; empty when it is none, or one that is the server's.
std::string_view field_name(std::string_view name, std::array<char, header_name_bytes_max>& buffer) noexcept {
    if (name.size() > buffer.size()) return {};
    bool is_token = true;
    for (std::size_t i = 0; i < name.size(); ++i) {
        buffer[i] = lower_token_bytes[static_cast<unsigned char>(name[i])];
        is_token &= buffer[i] != 0;
    }
    std::string_view const lower(buffer.data(), name.size());
    if (!is_token || lower == "content-length" || lower == "connection" || lower == "transfer-encoding" || lower == "date") return {};
    return lower;
}
bool value_allowed(std::string_view value) noexcept {
    return !any_byte(value, [](Bytes v) { return ((v < 0x20) & (v != '\t')) | (v == 0x7f); });
}

partnerd_status status(partnerd_resp* resp, std::int32_t code) noexcept {
    return with_answer(resp, [&](routing::Response& response) -> partnerd_status {
        if (code < 200 || code > 599) return PARTNERD_E_INVALID;
        response.status = code;
        return PARTNERD_OK;
    });
}
partnerd_status put_header(partnerd_resp* resp, partnerd_str name, partnerd_str value, bool replace) noexcept {
    return with_answer(resp, [&](routing::Response& response) -> partnerd_status {
        std::array<char, header_name_bytes_max> buffer;
        auto const lower = field_name(sv(name), buffer);
        if (lower.empty() || !value_allowed(sv(value))) return PARTNERD_E_INVALID;
        if (lower == "content-type") response.content_type = sv(value);
        else if (replace) response.set_header(lower, sv(value));
        else response.add_header(lower, sv(value));
        return PARTNERD_OK;
    });
}
partnerd_status set_header(partnerd_resp* resp, partnerd_str name, partnerd_str value) noexcept {
    return put_header(resp, name, value, true);
}
partnerd_status add_header(partnerd_resp* resp, partnerd_str name, partnerd_str value) noexcept {
    return put_header(resp, name, value, false);
}

partnerd_status write(partnerd_resp* resp, partnerd_str chunk) noexcept {
    return with_answer(resp, [&](routing::Response& response) -> partnerd_status {
        if (chunk.len > body_bytes_max - std::min(body_bytes_max, response.body.size())) return PARTNERD_E_INVALID;
        response.body.append(sv(chunk));
        return PARTNERD_OK;
    });
}
partnerd_status problem(partnerd_resp* resp, std::int32_t code, partnerd_str name, partnerd_str detail, partnerd_str field) noexcept {
    return with_answer(resp, [&](routing::Response& response) -> partnerd_status {
        auto error = fresh_error();
        error.http_status = code;
        put_text(error.reason, sv(name));
        put_text(error.field, sv(field));
        auto made = plugin_error("", PARTNERD_E_FAIL, error);
        if (made.foreign_code.empty() || made.foreign_code.size() != name.len) return PARTNERD_E_INVALID;
        if (!is_utf8(sv(detail))) return PARTNERD_E_INVALID;
        made.detail = sv(detail);
        response.problem(made);
        return PARTNERD_OK;
    });
}

// --- later

partnerd_deferred* defer(partnerd_resp* resp) noexcept {
    auto* const frame = Frame::of(resp);
    if (frame == nullptr || frame->role != Role::io || frame->exchange == nullptr || frame->deferred != nullptr) return nullptr;
    barrier(nullptr, [&] {
        frame->deferred = Deferred::make(*frame->exchange, frame->instance.id, std::chrono::milliseconds(frame->timeout_ms));
        return PARTNERD_OK;
    });
    return frame->deferred == nullptr ? nullptr : frame->deferred->handle();
}
partnerd_resp* deferred_resp(partnerd_deferred* handle) noexcept {
    partnerd_resp* resp = nullptr;
    barrier(nullptr, [&] {
        auto const deferred = Deferred::find(handle);
        auto const* const frame = Frame::top();
        bool const inside = frame != nullptr && frame->deferred == deferred;  // would wait for itself
        if (deferred != nullptr && !inside && deferred->claim() != nullptr) resp = reinterpret_cast<partnerd_resp*>(handle);
        return PARTNERD_OK;
    });
    return resp;
}
void complete(partnerd_deferred* handle, partnerd_status result) noexcept {
    barrier(nullptr, [&] {
        auto const deferred = Deferred::find(handle);
        if (deferred == nullptr) return PARTNERD_OK;
        if (result >= 0) deferred->complete();
        else deferred->complete(Error(result == PARTNERD_E_RETRY ? errc::busy : errc::plugin_failed));
        return PARTNERD_OK;
    });
}

using routing::Request;

}  // namespace

partnerd_http_api const http_service = {sizeof(partnerd_http_api),
                                        0,
                                        &add_route,
                                        &principal,
                                        &program,
                                        &text<&Request::method>,
                                        &text<&Request::target>,
                                        &text<&Request::body>,
                                        &text<&Request::client_ip>,
                                        &text<&Request::request_id>,
                                        &header,
                                        &param,
                                        &cookie,
                                        &status,
                                        &set_header,
                                        &add_header,
                                        &write,
                                        &problem,
                                        &defer,
                                        &deferred_resp,
                                        &complete};

}  // namespace partnerd::plugins
