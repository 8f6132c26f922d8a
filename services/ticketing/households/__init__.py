"""Households: who belongs to a unit, admitted by whom, from when until when, and what moving in and out changes."""
