# The statements of each daemon, printed by a program that is linked with its library: build/$(BUILD)/test/statements/<daemon>.
.PHONY: statements

statements: $(addprefix $(OUT)/test/statements/,$(DAEMONS) operator) ## build the programs that print every statement

# name, library: the operator's commands are part of tradectl, with a role of their own.
define statement_rule
$$(OUT)/test/statements/$(1).o: test/statements/print.c
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS) -DSTATEMENTS=$(1)_statements -DROLE='"hybridhub_$(1)"' $$(CFLAGS) -c $$< -o $$@
$$(OUT)/test/statements/$(1): $$(OUT)/test/statements/$(1).o $$(OUT)/lib$(2).a $$(OUT)/libcommon.a
	$$(CC) $$(LDFLAGS) $$^ $$(LDLIBS) -o $$@
endef
$(foreach d,$(DAEMONS),$(eval $(call statement_rule,$(d),$(d))))
$(eval $(call statement_rule,operator,tradectl))
