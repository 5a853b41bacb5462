%%% @doc Methods added to classes from outside: `{Class, Selector}' to a fun of (argument list, receiver).
%%%
%%% An extension is found by the slow path after the class's own methods. One whose selector the class already has takes
%%% that method's place until the class is loaded again: sends to the class are then routed through
%%% `beamtalk_dynamic_class', which looks here first. Numbers, strings and the other plain values are reached without the class table: where a
%%% compiler is at hand, their class is made again with a method that calls the extension (`on_replaced/1'); without one an extension of theirs only adds.
%%% Messages the compiler has a fixed meaning for (`language.md' 7.4, operators on numbers) are not looked up and cannot be replaced.
%%% A class name ending in ` class' extends the class side, by the same rules.
-module(beamtalk_extensions).

-export([register/4, unregister/2, find/2, lookup/2, has/2, selectors/1, all/0, conflicts/0]).
-export([call/4, on_replaced/1]).
-export([class_loaded/2, class_removed/1, renew_route/1, keeping/2, late_bound/1, on_bound/1]).

%% @doc The last registration wins; a change of owner is logged and recorded.
-spec register(atom(), atom(), fun((list(), term()) -> term()), term()) -> ok.
register(Class, Selector, Fun, Owner) when is_function(Fun, 2) ->
    ok = note_conflict(Class, Selector, Owner),
    {Name, Side} = side(Class),
    Mode =
        case beamtalk_delegates:defines(Name, Side, Selector) of
            true -> replace;
            false -> add
        end,
    true = ets:insert(beamtalk_extensions, {{Class, Selector}, Fun, Owner, Mode}),
    changed(Name),
    replaced({take, Selector}, Name, Side, Mode).

-spec unregister(atom(), atom()) -> ok.
unregister(Class, Selector) ->
    Found = find(Class, Selector),
    true = ets:delete(beamtalk_extensions, {Class, Selector}),
    {Name, Side} = side(Class),
    changed(Name),
    case Found of
        {Mode, _} -> replaced({give_back, Selector}, Name, Side, Mode);
        none -> ok
    end.

%% Classes whose instances carry no class with them.
-define(PLAIN, [
    'Integer', 'Float', 'Number', 'String', 'Symbol', 'List', 'Dictionary', 'Tuple', 'Block', 'Boolean', 'True', 'False', 'UndefinedObject', 'Pid',
    'Port', 'Reference', 'Future'
]).

replaced({Change, Selector}, Class, methods, replace) ->
    case {lists:member(Class, ?PLAIN), persistent_term:get({?MODULE, on_replaced}, none)} of
        {true, Make} when Make =/= none -> Make(Class, Selector, Change);
        _ -> ok
    end;
replaced(_, _, _, _) ->
    ok.

%% @doc What makes a class of plain values again, with a method that calls the extension in place of its own, or with its own again; set by the workspace.
-spec on_replaced(fun((atom(), Selector :: atom(), take | give_back) -> ok)) -> ok.
on_replaced(Fun) -> persistent_term:put({?MODULE, on_replaced}, Fun).

%% @doc Runs an extension; called by the methods that stand in for it.
-spec call(atom(), Selector :: atom(), [term()], Self :: term()) -> term().
call(Class, Selector, Args, Self) ->
    case find(Class, Selector) of
        {_, Fun} -> Fun(Args, Self);
        none -> beamtalk_error:raise(does_not_understand, Class, Selector, <<"The extension that replaced the method is gone">>)
    end.

changed(Class) ->
    Classes = [Class | beamtalk_class_registry:all_subclasses(Class)],
    lists:foreach(fun renew_route/1, Classes),
    ok = beamtalk_dispatch_cache:flush(),
    lists:foreach(fun late_bound/1, Classes).

%% @doc Messages to `self' and `super' are bound to methods when a class is compiled, and would pass an extension by that stands in front of one. Such
%% a class is made again without that, if there is a compiler.
-spec late_bound(atom()) -> ok.
late_bound(Class) ->
    Meta = beamtalk_class_registry:meta(Class),
    case maps:get(late_bound, Meta, false) orelse maps:get(source, Meta, <<>>) =:= <<>> orelse beamtalk_class_registry:is_stdlib(Class) of
        true -> ok;
        false -> bound_past(Class) andalso make_late_bound(Class, persistent_term:get({?MODULE, on_bound}, none))
    end,
    ok.

make_late_bound(_, none) ->
    ok;
make_late_bound(Class, Make) ->
    %% Making it comes back here: once is enough, also when it was refused.
    case put({?MODULE, Class}, making) of
        undefined ->
            try
                Make(Class)
            after
                erase({?MODULE, Class})
            end;
        making ->
            ok
    end.

%% @doc What makes a class again without bound messages; set by the workspace.
-spec on_bound(fun((atom()) -> ok)) -> ok.
on_bound(Fun) -> persistent_term:put({?MODULE, on_bound}, Fun).

%% `Counter class' is the class side of `Counter'.
side(Class) ->
    case string:split(atom_to_binary(Class), <<" ">>) of
        [Name, <<"class">>] -> {binary_to_atom(Name), class_methods};
        _ -> {Class, methods}
    end.

-spec find(atom(), atom()) -> {add | replace, fun((list(), term()) -> term())} | none.
find(Class, Selector) ->
    case ets:lookup(beamtalk_extensions, {Class, Selector}) of
        [{_, Fun, _, Mode}] -> {Mode, Fun};
        [] -> none
    end.

%% @doc Class, side and selector of every extension.
-spec all() -> [{atom(), instance | class, atom()}].
all() ->
    [
        case side(Class) of
            {Name, class_methods} -> {Name, class, Selector};
            {Name, methods} -> {Name, instance, Selector}
        end
     || {Class, Selector} <- ets:select(beamtalk_extensions, [{{'$1', '_', '_', '_'}, [], ['$1']}])
    ].

%% @doc The extension and who registered it, for packages that look before they register.
-spec lookup(atom(), atom()) -> {ok, fun((list(), term()) -> term()), Owner :: term()} | not_found.
lookup(Class, Selector) ->
    case ets:lookup(beamtalk_extensions, {Class, Selector}) of
        [{_, Fun, Owner, _}] -> {ok, Fun, Owner};
        [] -> not_found
    end.

-spec has(atom(), atom()) -> boolean().
has(Class, Selector) ->
    ets:member(beamtalk_extensions, {Class, Selector}).

-spec selectors(atom()) -> [atom()].
selectors(Class) ->
    lists:sort([S || [S] <- ets:match(beamtalk_extensions, {{Class, '$1'}, '_', '_', '_'})]).

%% @doc Changes of owner: `{{Class, Selector}, OldOwner, NewOwner}'.
-spec conflicts() -> [{{atom(), atom()}, term(), term()}].
conflicts() ->
    ets:tab2list(beamtalk_conflicts).

note_conflict(Class, Selector, Owner) ->
    case ets:lookup(beamtalk_extensions, {Class, Selector}) of
        [{_, _, Old, _}] when Old =/= Owner ->
            Report = #{event => extension_replaced, class => Class, selector => Selector, was => Old, now => Owner},
            ok = beamtalk_log:log(warning, runtime, Report),
            true = ets:insert(beamtalk_conflicts, {{Class, Selector}, Old, Owner}),
            ok;
        _ ->
            ok
    end.

%% @doc A class was loaded: extensions that stood in for methods it now brings are gone.
-spec class_loaded(atom(), map()) -> ok.
class_loaded(Class, Meta) ->
    forget(Class, methods, Meta),
    forget(beamtalk_tag:class_tag(Class), class_methods, Meta).

forget(Extended, Side, Meta) ->
    Source = maps:get(source, Meta, <<>>),
    Methods = [M || M <- maps:get(Side, Meta, []), not stands_in(M, Source)],
    _ = [ets:delete(beamtalk_extensions, {Extended, element(1, M)}) || M <- Methods],
    ok.

%% Is the method one that only calls the extension? Then the extension is not gone.
stands_in(Method, Source) ->
    is_binary(Source) andalso
        binary:match(beamtalk_source:slice(Source, element(3, Method), element(4, Method)), <<"Erlang beamtalk_extensions call:">>) =/= nomatch.

%% @doc Does what loads the class, and leaves its extensions as they are.
-spec keeping(atom(), fun(() -> Answer)) -> Answer.
keeping(Class, Load) ->
    Rows = lists:append([
        ets:match_object(beamtalk_extensions, {{Extended, '_'}, '_', '_', '_'})
     || Extended <- [Class, beamtalk_tag:class_tag(Class)]
    ]),
    Answer = Load(),
    true = ets:insert(beamtalk_extensions, Rows),
    _ = Rows =:= [] orelse changed(Class),
    Answer.

%% @doc A class is gone, and all that was added to it.
-spec class_removed(atom()) -> ok.
class_removed(Class) ->
    _ = [ets:match_delete(beamtalk_extensions, {{Extended, '_'}, '_', '_', '_'}) || Extended <- [Class, beamtalk_tag:class_tag(Class)]],
    ok.

%% @doc Chooses the module that sends to the class go to.
-spec renew_route(atom()) -> ok.
renew_route(Class) ->
    case beamtalk_class_registry:module_of(Class) of
        undefined ->
            ok;
        Module ->
            case hidden(Class) of
                true -> beamtalk_class_registry:route(Class, beamtalk_dynamic_class);
                false -> beamtalk_class_registry:route(Class, Module)
            end
    end.

%% Is there an extension that the class's module would hide behind a method or a delegate of its own?
hidden(Class) -> stands_in_front(Class, fun(Extended) -> Extended =:= Class end).

%% Is there one that stands in front of a method the class's code may be bound to? By `self' that is what the module exports, by `super' what the class
%% overrides: its own methods count whoever is extended.
bound_past(Class) -> stands_in_front(Class, fun(_) -> true end).

%% Of the class and its ancestors some are extended; its own methods matter where `OwnMatters' says so.
stands_in_front(Class, OwnMatters) ->
    Meta = beamtalk_class_registry:meta(Class),
    Delegates = [{F, Arity} || {F, Arity, _} <- maps:get(delegates, Meta, [])],
    Sides = [
        {Extended, {Ancestor, Side}}
     || Ancestor <- beamtalk_class_registry:ancestors(Class),
        {Extended, Side} <- [{Ancestor, methods}, {beamtalk_tag:class_tag(Ancestor), class_methods}]
    ],
    lists:any(
        fun({Extended, Selector}) ->
            case lists:keyfind(Extended, 1, Sides) of
                {_, {Ancestor, Side}} ->
                    (OwnMatters(Ancestor) andalso beamtalk_delegates:defines(Class, Side, Selector)) orelse
                        lists:member(beamtalk_delegates:function(Selector, Side), Delegates) orelse
                        (Side =:= methods andalso beamtalk_delegates:is_root_method(Selector));
                false ->
                    false
            end
        end,
        ets:select(beamtalk_extensions, [{{'$1', '_', '_', '_'}, [], ['$1']}])
    ).
