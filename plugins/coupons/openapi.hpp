// What /openapi.json says of the plugin's routes beside method, path and scopes.
#pragma once

namespace coupons {

inline constexpr char const* openapi = R"json({"paths": {
"/campaigns": {
  "get": {"parameters": [{"$ref": "#/components/parameters/CouponLimit"}, {"$ref": "#/components/parameters/CouponStartingAfter"}, {"$ref": "#/components/parameters/CouponFormat"}],
    "responses": {"200": {"description": "The answer", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponCampaigns"}}, "text/csv": {"schema": {"type": "string"}}}}}},
  "post": {"requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponCampaignWish"}}}},
    "responses": {"200": {"description": "It was there, and is as it should be", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PutCouponCampaign"}}}},
      "201": {"description": "It was made", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PutCouponCampaign"}}}}}}},
"/codes": {
  "get": {"parameters": [{"name": "campaign", "in": "query", "required": false, "description": "Only codes of this campaign", "schema": {"type": "string"}},
      {"$ref": "#/components/parameters/CouponLimit"}, {"$ref": "#/components/parameters/CouponStartingAfter"}, {"$ref": "#/components/parameters/CouponFormat"}],
    "responses": {"200": {"description": "The answer", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponCodes"}}, "text/csv": {"schema": {"type": "string"}}}}}},
  "post": {"requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponCodeWish"}}}},
    "responses": {"200": {"description": "It was there, and is as it should be", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PutCouponCode"}}}},
      "201": {"description": "It was made", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PutCouponCode"}}}}}}},
"/v1/me/programs/{program}/codes": {
  "get": {"parameters": [{"$ref": "#/components/parameters/CouponLimit"}, {"$ref": "#/components/parameters/CouponStartingAfter"}, {"$ref": "#/components/parameters/CouponFormat"}],
    "responses": {"200": {"description": "The answer", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponCodes"}}, "text/csv": {"schema": {"type": "string"}}}}}}},
"/validate": {
  "post": {"requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponQuestion"}}}},
    "responses": {"200": {"description": "The answer", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponValidity"}}}}}}},
"/redeem": {
  "post": {"requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponOrder"}}}},
    "responses": {"200": {"description": "The redemption is known already", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponRedemption"}}}},
      "201": {"description": "It was redeemed", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponRedemption"}}}}}}},
"/redemptions": {
  "get": {"parameters": [{"$ref": "#/components/parameters/CouponLimit"}, {"$ref": "#/components/parameters/CouponStartingAfter"}, {"$ref": "#/components/parameters/CouponFormat"}],
    "responses": {"200": {"description": "The answer", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponRedemptions"}}, "text/csv": {"schema": {"type": "string"}}}}}}},
"/redemptions/{redemption_id}/rollback": {
  "post": {"requestBody": {"required": false, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponRollback"}}}},
    "responses": {"200": {"description": "The answer", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CouponRedemption"}}}}}}}
}, "components": {"parameters": {
"CouponLimit": {"name": "limit", "in": "query", "required": false, "description": "How many rows: at most 100 as JSON; as CSV 10000, which is the default there", "schema": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 25}},
"CouponStartingAfter": {"name": "starting_after", "in": "query", "required": false, "description": "The next_cursor of the page before", "schema": {"type": "string"}},
"CouponFormat": {"name": "format", "in": "query", "required": false, "description": "csv: as text/csv; Accept: text/csv does the same", "schema": {"type": "string", "enum": ["json", "csv"], "default": "json"}}
}, "schemas": {
"CouponCampaignWish": {"type": "object", "additionalProperties": false, "required": ["campaign"], "properties": {
  "campaign": {"type": "string", "minLength": 1, "maxLength": 64, "description": "The campaign's name; one that is known is changed, and keeps what is left out"},
  "type": {"type": ["string", "null"], "maxLength": 64, "description": "A word of the shop's own"},
  "starts_on": {"type": ["string", "null"], "format": "date", "description": "The first day, in the program's zone"},
  "ends_on": {"type": ["string", "null"], "format": "date", "description": "The last day, included"},
  "customer_limit": {"type": ["integer", "null"], "minimum": 0, "maximum": 1000000, "description": "How often one customer may use a code; 0: any number"},
  "discount": {"type": ["object", "null"], "description": "What the shop takes off; given back as it is"},
  "keep": {"type": ["boolean", "null"], "description": "A campaign that is known stays as it is"}}},
"CouponCodeWish": {"type": "object", "additionalProperties": false, "required": ["code", "campaign"], "properties": {
  "code": {"type": "string", "minLength": 1, "maxLength": 64, "description": "What the customer types; one that is known is changed, and keeps what is left out"},
  "campaign": {"type": "string", "minLength": 1, "maxLength": 64, "description": "The name of its campaign"},
  "partner": {"type": ["string", "null"], "maxLength": 64, "description": "The handle or id of the partner who earns by it"},
  "usage_limit": {"type": ["integer", "null"], "minimum": 0, "maximum": 1000000000000, "description": "How often it may be used; 0: any number"},
  "payout": {"anyOf": [{"$ref": "#/components/schemas/Money"}, {"type": "null"}], "description": "What the partner earns by each use; what the terms say otherwise"},
  "keep": {"type": ["boolean", "null"], "description": "A code that is known stays as it is"}}},
"CouponQuestion": {"type": "object", "additionalProperties": false, "required": ["code"], "properties": {
  "code": {"type": "string", "minLength": 1, "maxLength": 64, "description": "What the customer typed"},
  "campaign": {"type": "string", "minLength": 1, "maxLength": 64, "description": "The campaign, when several have the code"},
  "customer": {"type": "string", "minLength": 1, "maxLength": 200, "description": "The merchant's id of the buyer"},
  "at": {"type": "string", "format": "date-time", "description": "When; now otherwise"},
  "day": {"type": "string", "format": "date", "description": "The day, instead of at"}}},
"CouponOrder": {"type": "object", "additionalProperties": false, "required": ["code", "redemption_id"], "properties": {
  "code": {"type": "string", "minLength": 1, "maxLength": 64, "description": "What the customer typed"},
  "campaign": {"type": "string", "minLength": 1, "maxLength": 64, "description": "The campaign, when several have the code"},
  "customer": {"type": "string", "minLength": 1, "maxLength": 200, "description": "The merchant's id of the buyer"},
  "redemption_id": {"type": "string", "minLength": 1, "maxLength": 200, "description": "The merchant's own id: the same again is answered with duplicate"},
  "order_id": {"type": "string", "minLength": 1, "maxLength": 200, "description": "The order that it belongs to"},
  "at": {"type": "string", "format": "date-time", "description": "When; now otherwise"},
  "day": {"type": "string", "format": "date", "description": "The day, instead of at"}}},
"CouponRollback": {"type": "object", "additionalProperties": false, "properties": {
  "reason": {"type": "string", "minLength": 1, "maxLength": 200, "description": "Why"}}},
"PutCouponCampaign": {"type": "object", "required": ["campaign", "type", "customer_limit", "discount", "change", "duplicate"], "properties": {
  "campaign": {"type": "string"}, "type": {"type": "string"}, "customer_limit": {"type": "integer"}, "discount": {"type": "object"},
  "starts_on": {"type": "string", "format": "date"}, "ends_on": {"type": "string", "format": "date"},
  "change": {"type": "string", "enum": ["created", "changed", "unchanged"]}, "duplicate": {"type": "boolean"}}},
"CouponCampaign": {"type": "object", "required": ["id", "campaign", "type", "customer_limit", "discount"], "properties": {
  "id": {"type": "string", "pattern": "^cpg_"}, "campaign": {"type": "string"}, "type": {"type": "string"}, "customer_limit": {"type": "integer"},
  "discount": {"type": "object"}, "starts_on": {"type": "string", "format": "date"}, "ends_on": {"type": "string", "format": "date"}}},
"CouponCampaigns": {"type": "object", "required": ["data", "has_more"], "properties": {
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/CouponCampaign"}}, "has_more": {"type": "boolean"}, "next_cursor": {"type": "string"}}},
"PutCouponCode": {"type": "object", "required": ["id", "code", "campaign", "usage_limit", "used", "change", "duplicate"], "properties": {
  "id": {"type": "string", "pattern": "^cpn_"}, "code": {"type": "string"}, "campaign": {"type": "string"}, "usage_limit": {"type": "integer"},
  "used": {"type": "integer"}, "partner": {"type": "string"}, "payout": {"$ref": "#/components/schemas/Money"},
  "change": {"type": "string", "enum": ["created", "changed", "unchanged"]}, "duplicate": {"type": "boolean"}}},
"CouponCode": {"type": "object", "required": ["id", "code", "campaign", "usage_limit", "used"], "properties": {
  "id": {"type": "string", "pattern": "^cpn_"}, "code": {"type": "string"}, "campaign": {"type": "string"}, "usage_limit": {"type": "integer"},
  "used": {"type": "integer"}, "partner": {"type": "string"}, "payout": {"$ref": "#/components/schemas/Money"}}},
"CouponCodes": {"type": "object", "required": ["data", "has_more"], "properties": {
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/CouponCode"}}, "has_more": {"type": "boolean"}, "next_cursor": {"type": "string"}}},
"CouponValidity": {"type": "object", "required": ["valid", "code"], "properties": {
  "valid": {"type": "boolean"}, "code": {"type": "string"}, "reason": {"type": "string"}, "campaign": {"type": "string"},
  "discount": {"type": "object"}, "uses_left": {"type": "integer"}}},
"CouponCommission": {"type": "object", "required": ["id", "partner", "state", "amount"], "properties": {
  "id": {"type": "string", "pattern": "^com_"}, "partner": {"type": "string"}, "state": {"type": "string"}, "amount": {"$ref": "#/components/schemas/Money"}}},
"CouponRedemption": {"type": "object", "required": ["id", "redemption_id", "code", "campaign", "state", "duplicate"], "properties": {
  "id": {"type": "string", "pattern": "^red_"}, "redemption_id": {"type": "string"}, "code": {"type": "string"}, "campaign": {"type": "string"},
  "state": {"type": "string"}, "duplicate": {"type": "boolean"}, "discount": {"type": "object"}, "conversion": {"type": "string", "pattern": "^cnv_"},
  "reason": {"type": "string"}, "commissions": {"type": "array", "items": {"$ref": "#/components/schemas/CouponCommission"}}}},
"CouponRedemptionRow": {"type": "object", "required": ["id", "redemption_id", "code", "customer", "order_id", "state"], "properties": {
  "id": {"type": "string", "pattern": "^red_"}, "redemption_id": {"type": "string"}, "code": {"type": "string"}, "partner": {"type": "string"},
  "customer": {"type": "string"}, "order_id": {"type": "string"}, "state": {"type": "string"}, "conversion": {"type": "string", "pattern": "^cnv_"}}},
"CouponRedemptions": {"type": "object", "required": ["data", "has_more"], "properties": {
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/CouponRedemptionRow"}}, "has_more": {"type": "boolean"}, "next_cursor": {"type": "string"}}}
}}})json";

}  // namespace coupons
