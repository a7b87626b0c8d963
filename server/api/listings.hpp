// The nouns as their lists show them. What an operator sees; partners have lists of their own with fewer columns.
#pragma once

#include "api/api.hpp"
#include "routing/listing.hpp"

namespace partnerd::api {

routing::Listing program_listing();
routing::Listing terms_listing();
routing::Listing partner_listing();
routing::Listing partner_without_person_listing();  // for the audit log, which is kept for ever
routing::Listing note_listing();
routing::Listing pilot_listing();
routing::Listing enrollment_listing();
routing::Listing application_listing();
routing::Listing application_without_person_listing();
routing::Listing link_listing(Api const& api);
routing::Listing conversion_listing();
routing::Listing unattributed_listing();
routing::Listing adjustment_listing();
routing::Listing commission_listing();
routing::Listing account_listing();
routing::Listing entry_listing();
routing::Listing key_listing();
routing::Listing audit_listing();

routing::Listing my_program_listing();
routing::Listing my_link_listing(Api const& api);
routing::Listing my_conversion_listing();
routing::Listing my_commission_listing();
routing::Listing my_key_listing();

}  // namespace partnerd::api
