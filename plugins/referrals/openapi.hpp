// What /openapi.json says of the plugin's routes beside method, path and scopes.
#pragma once

namespace referrals {

inline constexpr char const* openapi = R"json({"paths": {
"/r/{code}": {
  "get": {"parameters": [{"name": "sub1", "in": "query", "required": false, "description": "A word of the partner's own, kept with the click; sub1 to sub5", "schema": {"type": "string", "maxLength": 100}},
      {"name": "sub2", "in": "query", "required": false, "schema": {"type": "string", "maxLength": 100}},
      {"name": "sub3", "in": "query", "required": false, "schema": {"type": "string", "maxLength": 100}},
      {"name": "sub4", "in": "query", "required": false, "schema": {"type": "string", "maxLength": 100}},
      {"name": "sub5", "in": "query", "required": false, "schema": {"type": "string", "maxLength": 100}}],
    "responses": {"302": {"description": "Where to go, with the click id", "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}}}}}},
"/sale": {
  "post": {"requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReferralSale"}}}},
    "responses": {"200": {"description": "The sale is known already", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReferralOutcome"}}}},
      "201": {"description": "It was recorded", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReferralOutcome"}}}}}}},
"/signup": {
  "post": {"requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReferralSignup"}}}},
    "responses": {"200": {"description": "The sign-up is known already", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReferralOutcome"}}}},
      "201": {"description": "It was recorded", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReferralOutcome"}}}}}}},
"/signups": {
  "get": {"parameters": [{"name": "limit", "in": "query", "required": false, "description": "How many rows: at most 100 as JSON; as CSV 10000, which is the default there", "schema": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 25}},
      {"name": "starting_after", "in": "query", "required": false, "description": "The next_cursor of the page before", "schema": {"type": "string", "pattern": "^cnv_"}},
      {"name": "format", "in": "query", "required": false, "description": "csv: as text/csv; Accept: text/csv does the same", "schema": {"type": "string", "enum": ["json", "csv"], "default": "json"}}],
    "responses": {"200": {"description": "The answer", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReferralSignups"}}, "text/csv": {"schema": {"type": "string"}}}}}}}
}, "components": {"schemas": {
"ReferralSale": {"type": "object", "additionalProperties": false, "required": ["order_id", "amount"], "properties": {
  "order_id": {"type": "string", "minLength": 1, "maxLength": 200, "description": "The order: the same again is answered with duplicate"},
  "amount": {"$ref": "#/components/schemas/Money", "description": "The total, in the program's currency"},
  "customer": {"type": "string", "minLength": 1, "maxLength": 200, "description": "The merchant's id of the buyer"},
  "customer_is_new": {"type": "boolean", "description": "Whether it is the buyer's first order; not known otherwise"},
  "customer_email": {"type": "string", "minLength": 1, "maxLength": 254, "description": "Of the buyer; only compared with the partner's, never stored"},
  "click_id": {"type": "string", "minLength": 1, "maxLength": 64, "description": "Of the click that the shop was told about"},
  "at": {"type": "string", "format": "date-time", "description": "When it happened; now otherwise"}}},
"ReferralSignup": {"type": "object", "additionalProperties": false, "required": ["customer"], "properties": {
  "customer": {"type": "string", "minLength": 1, "maxLength": 200, "description": "The merchant's id of who signed up: the same again is answered with duplicate"},
  "customer_email": {"type": "string", "minLength": 1, "maxLength": 254, "description": "Only compared with the partner's, never stored"},
  "click_id": {"type": "string", "minLength": 1, "maxLength": 64, "description": "Of the click that the shop was told about"},
  "at": {"type": "string", "format": "date-time", "description": "When it happened; now otherwise"}}},
"ReferralCommission": {"type": "object", "required": ["id", "partner", "kind", "state", "amount"], "properties": {
  "id": {"type": "string", "pattern": "^com_"}, "partner": {"type": "string"}, "kind": {"type": "string"}, "state": {"type": "string"},
  "amount": {"$ref": "#/components/schemas/Money"}}},
"ReferralOutcome": {"type": "object", "required": ["id", "state", "duplicate", "commissions"], "properties": {
  "id": {"type": "string", "pattern": "^cnv_"}, "state": {"type": "string", "enum": ["recorded", "unattributed", "held", "declined"]},
  "duplicate": {"type": "boolean"}, "reason": {"type": "string"}, "partner": {"type": "string"},
  "commissions": {"type": "array", "items": {"$ref": "#/components/schemas/ReferralCommission"}}}},
"ReferralSignupRow": {"type": "object", "required": ["conversion", "customer"], "properties": {
  "conversion": {"type": "string", "pattern": "^cnv_"}, "customer": {"type": "string"}, "partner": {"type": "string"}}},
"ReferralSignups": {"type": "object", "required": ["data", "has_more"], "properties": {
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/ReferralSignupRow"}}, "has_more": {"type": "boolean"}, "next_cursor": {"type": "string"}}}
}}})json";

}  // namespace referrals
