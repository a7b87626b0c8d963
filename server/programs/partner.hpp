// Partners: who sends customers. Their name and e-mail stand in a table of their own.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "programs/kernel.hpp"
#include "storage/tx.hpp"

namespace partnerd::programs {

struct Partner {
    Id id = 0;
    std::string handle;
    std::string type = "affiliate";   // affiliate publisher reseller ambassador customer, or a word of the operator's
    std::string status = "active";    // active suspended
    bool stopped = false;             // emergency stop
    std::string status_reason;
    std::string facts = "{}";         // JSON object of texts: what rules see as partner.facts.<name>
    std::string website;
    std::int64_t version = 0;
    std::int64_t created_at_us = 0;
    std::string name, email;          // personal

    bool earns() const noexcept { return status == "active" && !stopped; }
};

// handle_taken, email_taken (another partner has it; never says whose), invalid_field (handle, email, type, facts, website). Sets id, version, created_at_us.
Status create_partner(storage::Tx& tx, Kernel const& kernel, Partner& partner);
Status update_partner(storage::Tx& tx, Kernel const& kernel, Partner const& changed);
// active <-> suspended, with a reason. invalid_state when it is there already.
Status set_partner_status(storage::Tx& tx, Kernel const& kernel, Id partner, std::string_view status, std::string_view reason);
void set_partner_stop(storage::Tx& tx, Kernel const& kernel, Id partner, bool stopped);
std::optional<Partner> find_partner(storage::Tx& tx, Id id);
std::optional<Partner> find_partner(storage::Tx& tx, std::string_view handle_or_id);
std::vector<Partner> find_partners(storage::Tx& tx, std::span<Id const> partners);  // PostgreSQL only; in no order, those that are there
std::optional<Id> find_partner_by_email(storage::Tx& tx, Kernel const& kernel, std::string_view email);

std::vector<std::string> tags_of(storage::Tx& tx, Id partner);
void set_tags(storage::Tx& tx, Id partner, std::vector<std::string> const& tags);
Id add_note(storage::Tx& tx, Kernel const& kernel, Id partner, std::string_view author, std::string_view text);

// The pseudonym of an e-mail address or of a merchant's customer id.
std::string email_hash(Kernel const& kernel, std::string_view normalised_email);
std::string customer_hash(Kernel const& kernel, Id program, std::string_view customer);
// Purchases by this customer id or e-mail are the partner's own.
void add_identity(storage::Tx& tx, Id partner, std::string_view hash);
bool is_identity_of(storage::Tx& tx, Id partner, std::string_view hash);

}  // namespace partnerd::programs
