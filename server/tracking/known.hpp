// What conversions ask of the database. Each row is asked for once in a unit; on PostgreSQL, where a question is a journey, all that the
// conversions of a batch will ask is asked at the first question, in a few statements. What was read holds as long as the unit (there:
// the batch) has written nothing but rows by Tx::insert; of those it is told. On SQLite the rows that conversions share hold until
// somebody writes to their tables. [write]
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ledger/entry.hpp"
#include "programs/enrollment.hpp"
#include "programs/link.hpp"
#include "programs/program.hpp"

namespace partnerd::tracking {

class Known {
  public:
    static std::string program_scope(Id program) { return "program:" + std::to_string(program); }  // of claims
    // Of the unit's transaction.
    static Known& of(storage::Tx& tx);

    // What one conversion will ask for, as far as its report tells. Empty or 0: nothing.
    struct Wish {
        Id program = 0;
        bool test = false;
        std::string kind, external_id, order_id, customer;  // the customer's pseudonym
        Id click = 0;
        std::string email_hash;
    };
    void expect(storage::Tx& tx, Wish wish);

    struct Click {
        Id link = 0;
        std::string sub1;
    };
    using Program = std::shared_ptr<programs::Program const>;
    using Partner = std::shared_ptr<programs::Partner const>;        // all of these may be null
    using Enrollment = std::shared_ptr<programs::Enrollment const>;
    using Link = std::shared_ptr<programs::Link const>;

    std::optional<std::int64_t> program_version(storage::Tx& tx, Id program);
    Program program(storage::Tx& tx, Id program);
    bool has_conversion(storage::Tx& tx, Id program, bool test, std::string_view kind, std::string_view external_id);
    bool has_claim(storage::Tx& tx, std::string_view scope, std::string_view order_id);
    std::optional<Click> click(storage::Tx& tx, Id program, Id click);
    Link link(storage::Tx& tx, Id link);
    Enrollment enrollment(storage::Tx& tx, Id program, Id enrollment);
    Partner partner(storage::Tx& tx, Id partner);
    std::vector<std::string> const& tags(storage::Tx& tx, Id partner);  // until the next question
    bool is_identity(storage::Tx& tx, Id partner, std::string const& hash);
    // Of the customer's first sale.
    std::optional<std::int64_t> first_at_us(storage::Tx& tx, Id program, std::string const& customer);
    bool has_binding(storage::Tx& tx, Id program, std::string const& customer);  // of whatever time
    // Opens it when it is not there.
    ledger::Standing account(storage::Tx& tx, IdMint& mint, Id program, std::string const& name, Id partner, Currency currency);

    // What was written by Tx::insert.
    void wrote_conversion(Id program, bool test, std::string_view kind, std::string_view external_id);
    void wrote_claim(std::string_view scope, std::string_view order_id);
    void wrote_first_at_us(Id program, std::string const& customer, std::int64_t at_us);
    void wrote_posting(ledger::Account const& account, std::int64_t amount_minor);  // to an account whose balance is kept
    void wrote_binding(Id program, std::string const& customer);

  private:
    struct Customer {
        std::optional<std::int64_t> first_at_us;
        bool bound = false;
    };
    static std::string key_of(Id id, std::string_view a, std::string_view b = {});
    static std::string natural_key(Id program, bool test, std::string_view kind, std::string_view external_id) { return key_of(test ? -program : program, kind, external_id); }
    static std::string claim_key(std::string_view scope, std::string_view order_id) { return key_of(0, scope, order_id); }
    static std::string customer_key(Id program, std::string_view customer) { return key_of(program, customer); }
    static std::string account_key(Id program, std::string_view name, std::string_view currency) { return key_of(program, name, currency); }
    void refresh(storage::Tx& tx);  // forgets what is no longer certain; asks for what is wished
    bool forget_the_uncertain(storage::Tx& tx);  // true when something may have changed
    void forget_the_shared(storage::Tx& tx);
    void fetch(storage::Tx& tx, std::vector<Wish> const& wishes);  // known_fetch.cpp
    void fetch_natural(storage::Tx& tx, std::vector<Wish> const& wishes);
    void fetch_customers(storage::Tx& tx, std::vector<Wish> const& wishes);
    void fetch_identities(storage::Tx& tx, std::vector<Wish> const& wishes);
    void fetch_clicks(storage::Tx& tx, std::vector<Wish> const& wishes);
    void fetch_accounts(storage::Tx& tx, std::vector<Wish> const& wishes);
    Customer& customer(storage::Tx& tx, Id program, std::string const& customer);

    std::uint64_t changes_ = 0;  // Tx::changes() when the following was read
    std::vector<Wish> wishes_;
    std::unordered_map<std::string, bool> conversions_, claims_;  // by what makes them unique
    std::map<std::pair<Id, Id>, std::optional<Click>> clicks_;  // by program and id
    std::unordered_map<std::string, std::vector<Id>> identities_;  // all partners of a hash
    std::unordered_map<std::string, Customer> customers_;

    // What conversions share: kept from one unit to the next (Tx::changes_of).
    std::uint64_t changes_of_shared_ = 0;
    std::unordered_map<Id, std::optional<std::int64_t>> versions_;
    std::unordered_map<Id, Program> programs_;
    std::unordered_map<Id, Link> links_;
    std::map<std::pair<Id, Id>, Enrollment> enrollments_;       // by program and id
    std::unordered_map<Id, Partner> partners_;
    std::unordered_map<Id, std::vector<std::string>> tags_;
    std::unordered_map<std::string, ledger::Standing> accounts_;
};

}  // namespace partnerd::tracking
