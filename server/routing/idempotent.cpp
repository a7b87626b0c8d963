#include "routing/idempotent.hpp"

#include <algorithm>

#include "domain/digest.hpp"
#include "domain/text.hpp"
#include "routing/answer.hpp"

namespace partnerd::routing {

namespace {

// Keys of the same holder share answers, so that a retry with a new key after a rotation is still a retry.
std::string principal_text(Request const& request) {
    auto const& principal = request.principal;
    std::string const mode = principal.test ? ":test" : "";
    switch (principal.kind) {
        case PrincipalKind::operator_: return "operator" + mode;
        case PrincipalKind::merchant: return "merchant:" + std::to_string(principal.id) + mode;
        case PrincipalKind::partner: return "partner:" + std::to_string(principal.id) + mode;
        case PrincipalKind::none: break;
    }
    return "public:" + sha256_hex(request.client_ip).substr(0, 32);
}

bool holds_secret(std::vector<Field> const& headers) {
    return std::any_of(headers.begin(), headers.end(), [](Field const& field) {
        return lower_ascii(field.name) == "cache-control" && field.value.find("no-store") != std::string::npos;
    });
}

std::string header_lines(std::vector<Field> const& headers) {
    std::string lines;
    for (auto const& field : headers) lines += field.name + ": " + field.value + "\n";
    return lines;
}

std::vector<Field> parse_lines(std::string_view lines) {
    std::vector<Field> headers;
    while (!lines.empty()) {
        auto const line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        auto const colon = line.find(": ");
        if (colon != std::string_view::npos) headers.push_back({std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))});
    }
    return headers;
}

}  // namespace

Result<std::optional<Keeping>> read_keeping(Request const& request) {
    if (!request.has_header("idempotency-key")) return std::optional<Keeping>();
    auto const key = request.header("idempotency-key");
    if (auto checked = auth::check_idempotency_key(key); !checked) return checked.error();
    auto const path = request.path();
    auto const query = std::string_view(request.target).substr(path.size());
    Keeping keeping;
    keeping.scope = {principal_text(request), request.program, request.method, std::string(path), std::string(key)};
    keeping.body_hash = sha256_hex(query.empty() ? request.body : std::string(query) + '\n' + request.body);
    return std::optional(std::move(keeping));
}

void replay(Response& response, auth::KeptAnswer const& kept, std::string const& body_hash) {
    response.clear();
    auto headers = parse_lines(kept.headers);
    if (kept.body_hash != body_hash) {
        answer_problem(response, Error(errc::idempotency_key_reused, "use a new key for a new request", "Idempotency-Key"));
    } else if (holds_secret(headers)) {
        answer_problem(response, Error(errc::invalid_state,
                                       "this was done, but its answer held a secret that is shown once; revoke it and ask for a new one"));
    } else {
        response.status = kept.status;
        response.headers = std::move(headers);
        response.content_type = kept.content_type;
        response.body = kept.body;
    }
    if (kept.body_hash == body_hash) response.set_header("idempotent-replayed", "true");
}

bool worth_keeping(Response const& response) noexcept { return response.status < 500; }

auth::KeptAnswer to_keep(Response const& response, std::string const& body_hash) {
    auto const body = holds_secret(response.headers) ? std::string() : response.body;
    return {body_hash, response.status, response.content_type, body, header_lines(response.headers)};
}

}  // namespace partnerd::routing
