#include "programs/application.hpp"

#include "domain/text.hpp"
#include "programs/destination.hpp"

namespace partnerd::programs {

using storage::arg;

namespace {

Status check(Application& a) {
    if (trim(a.name).empty() || a.name.size() > 200 || has_control(a.name)) return Error(errc::invalid_field, "a name has 1 to 200 characters", "/name");
    auto email = normalise_email(a.email);
    if (!email) return Error(errc::invalid_field, email.error().detail, "/email");
    a.email = *email;
    if (!is_handle(a.partner_type)) return Error(errc::invalid_field, "a partner type is a word such as \"affiliate\"", "/partner_type");
    if (!a.website.empty())
        if (auto status = check_destination(a.website, {}); !status) return Error(errc::invalid_field, status.error().detail, "/website");
    if (a.answers.size() > 8192) return Error(errc::invalid_field, "the answers are longer than 8 KiB", "/answers");
    return {};
}

// Makes room when an address has as many pending applications as it may: the newest goes. The earlier ones stay as they are,
// so that whoever types a stranger's address neither displaces nor takes over what that person sent before.
void make_room(storage::Tx& tx, Id program, std::string_view hash) {
    std::vector<Id> pending;
    for (auto const& [id] : tx.query<std::int64_t>("select a.id from application_person n join application a on a.id = n.application "
                                                   "where n.program = :program and n.email_hash = :hash and a.status = 'pending' order by a.id desc limit :most",
                                                   {arg("program", program), arg("hash", hash), arg("most", pending_of_an_address_max)}))
        pending.push_back(id);
    if (pending.size() < static_cast<std::size_t>(pending_of_an_address_max)) return;
    tx.exec("delete from application_person where application = :id", {arg("id", pending.front())});
    tx.exec("delete from application where id = :id", {arg("id", pending.front())});
}

// A handle out of a name: "Ada's Shop" -> "ada-s-shop"; with a number behind it when it is taken.
std::string free_handle(storage::Tx& tx, std::string_view name) {
    std::string base;
    for (char c : lower_ascii(trim(name))) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain) base += c;
        else if (!base.empty() && !base.ends_with('-')) base += '-';
        if (base.size() >= 48) break;
    }
    while (base.ends_with('-')) base.pop_back();
    if (base.empty()) base = "partner";
    auto handle = base;
    for (int number = 2; find_partner(tx, handle); ++number) handle = base + "-" + std::to_string(number);
    return handle;
}

// The terms in force, or the newest, which may take effect later.
bool may_accept(ProgramView const& view, std::int64_t version, std::int64_t now_us) {
    auto const* const in_force = view.in_force(now_us);
    return in_force != nullptr && (version == in_force->version || version == view.terms.back().version);
}

Result<Id> partner_of(storage::Tx& tx, Kernel const& kernel, Application const& a, std::string_view handle) {
    if (auto known = find_partner_by_email(tx, kernel, a.email)) return *known;
    Partner partner;
    partner.handle = handle.empty() ? free_handle(tx, a.name) : std::string(handle);
    partner.name = a.name;
    partner.email = a.email;
    partner.type = a.partner_type;
    partner.website = a.website;
    if (auto status = create_partner(tx, kernel, partner); !status) return status.error();
    return partner.id;
}

}  // namespace

Result<Applied> apply_to_program(storage::Tx& tx, Kernel const& kernel, ProgramView const& view, Application a) {
    auto const& program = view.program;
    if (program.stopped || (program.status != "live" && program.status != "pilot")) return Error(errc::program_not_open, "the program is " + program.status + "; it takes applications while it is live");
    if (auto status = check(a); !status) return status.error();
    if (!may_accept(view, a.terms_version, kernel.clock.now_us()))
        return Error(errc::terms_not_accepted, "\"accepted_terms\" must be a version that the program shows: the one in force, or the newest, " + std::to_string(view.terms.empty() ? 0 : view.terms.back().version), "/accepted_terms");
    auto const hash = email_hash(kernel, a.email);
    make_room(tx, program.id, hash);
    Applied applied{kernel.mint.mint(), random_token()};
    tx.exec("insert into application (id, program, status, partner_type, website, answers, terms_version, token_hash, key_given, partner, reason, created_at_us, decided_at_us, decided_by) "
            "values (:id, :program, 'pending', :type, :website, :answers, :terms, :token, 0, 0, '', :now, 0, '')",
            {arg("id", applied.id), arg("program", program.id), arg("type", a.partner_type), arg("website", a.website), arg("answers", a.answers), arg("terms", a.terms_version),
             arg("token", sha256_hex(applied.token)), arg("now", kernel.clock.now_us())});
    tx.exec("insert into application_person (application, program, name, email, email_hash) values (:id, :program, :name, :email, :hash)",
            {arg("id", applied.id), arg("program", program.id), arg("name", a.name), arg("email", a.email), arg("hash", hash)});
    // A known address must not be approved by itself: whoever types it would enroll that partner (ADR 0013).
    bool const known = find_partner_by_email(tx, kernel, a.email).has_value();
    if (program.auto_approve && !known)
        if (auto approved = approve_application(tx, kernel, applied.id, "auto", {}, {}); !approved) return approved.error();
    return applied;
}

std::optional<Application> find_application(storage::Tx& tx, Id id) {
    auto const row = tx.row<std::int64_t, std::string, std::string, std::string, std::string, std::int64_t, std::int64_t, std::string, std::int64_t, std::int64_t, bool, std::string, std::string>(
        "select a.program, a.status, a.partner_type, a.website, a.answers, a.terms_version, a.partner, a.reason, a.created_at_us, a.decided_at_us, a.key_given, "
        "coalesce(n.name, ''), coalesce(n.email, '') from application a left join application_person n on n.application = a.id where a.id = :id",
        {arg("id", id)});
    if (!row) return std::nullopt;
    Application a;
    a.id = id;
    std::tie(a.program, a.status, a.partner_type, a.website, a.answers, a.terms_version, a.partner, a.reason, a.created_at_us, a.decided_at_us, a.key_given, a.name, a.email) = *row;
    return a;
}

Result<Application> find_application_by_token(storage::Tx& tx, Id id, std::string_view token) {
    auto const hash = tx.value<std::string>("select token_hash from application where id = :id", {arg("id", id)});
    if (!hash || !equal_in_constant_time(*hash, sha256_hex(token))) return Error(errc::not_found, "there is no such application, or the token does not fit");
    return *find_application(tx, id);
}

Result<Enrollment> approve_application(storage::Tx& tx, Kernel const& kernel, Id id, std::string_view by, std::string_view handle, std::string_view group) {
    auto const a = find_application(tx, id);
    if (!a) return errc::not_found;
    if (a->status != "pending") return Error(errc::invalid_state, "the application was " + a->status + " already");
    bool const known = find_partner_by_email(tx, kernel, a->email).has_value();
    auto partner = partner_of(tx, kernel, *a, handle);
    if (!partner) return partner.error();
    auto enrollment = enroll(tx, kernel, a->program, *partner, group, false);
    if (enrollment.accepted_terms < a->terms_version)
        if (auto status = accept_terms(tx, a->program, enrollment.id, a->terms_version); !status) return status.error();
    tx.exec("update application set status = 'approved', partner = :partner, key_given = :known, decided_at_us = :now, decided_by = :by where id = :id",
            {arg("partner", *partner), arg("known", known), arg("now", kernel.clock.now_us()), arg("by", by), arg("id", id)});
    return *find_enrollment(tx, a->program, enrollment.id);
}

Status reject_application(storage::Tx& tx, Kernel const& kernel, Id id, std::string_view by, std::string_view reason) {
    auto const a = find_application(tx, id);
    if (!a) return errc::not_found;
    if (a->status != "pending") return Error(errc::invalid_state, "the application was " + a->status + " already");
    if (trim(reason).empty()) return Error(errc::missing_field, "the applicant is told why; give a reason", "/reason");
    tx.exec("update application set status = 'rejected', reason = :reason, decided_at_us = :now, decided_by = :by where id = :id",
            {arg("reason", reason), arg("now", kernel.clock.now_us()), arg("by", by), arg("id", id)});
    return {};
}

bool take_key(storage::Tx& tx, Application const& a) {
    return tx.exec("update application set key_given = 1 where id = :id and status = 'approved' and key_given = 0", {arg("id", a.id)}) == 1;
}

}  // namespace partnerd::programs
