/** Invented people, companies and places. Distances are road miles. */

export const surnames =
  "Abbott Alvarez Banks Barrera Becker Boyd Castillo Chen Cruz Dalton Diaz Ellis Farrell Flores Garza Gibbs Grant Hale Harmon Hayes Ibarra Jensen Keller Kovacs Lambert Lopez Mercer Meyer Molina Nash Novak Okafor Ortega Parrish Pham Quinn Ramsey Reyes Rhodes Salazar Sharp Singh Stokes Tanner Torres Underwood Vargas Walsh Whitaker Yates Zamora Zeller Brandt Coleman Duffy Emery".split(
    " ",
  );
export const givenNames =
  "Aaron Bill Carla Dean Elena Frank Gus Hector Irene Jorge Kim Luis Marta Nate Omar Paula Ray Sonia Terry Vince".split(" ");

export interface City {
  readonly city: string;
  readonly region: string;
  readonly country: string;
}
const us = (city: string, region: string): City => ({ city, region, country: "US" });

export interface Lane {
  readonly origin: City;
  readonly destination: City;
  readonly miles: number;
}

const lane = (from: readonly [string, string], to: readonly [string, string], miles: number): Lane => ({
  origin: us(...from),
  destination: us(...to),
  miles,
});

export const lanes: readonly Lane[] = [
  lane(["Dallas", "TX"], ["Chicago", "IL"], 968),
  lane(["Dallas", "TX"], ["Atlanta", "GA"], 781),
  lane(["Dallas", "TX"], ["Memphis", "TN"], 453),
  lane(["Dallas", "TX"], ["Houston", "TX"], 239),
  lane(["Houston", "TX"], ["Dallas", "TX"], 241),
  lane(["Laredo", "TX"], ["Dallas", "TX"], 430),
  lane(["San Antonio", "TX"], ["Oklahoma City", "OK"], 467),
  lane(["Fort Worth", "TX"], ["Tulsa", "OK"], 281),
  lane(["Amarillo", "TX"], ["Dallas", "TX"], 363),
  lane(["Memphis", "TN"], ["Dallas", "TX"], 452),
  lane(["Memphis", "TN"], ["Atlanta", "GA"], 392),
  lane(["Atlanta", "GA"], ["Nashville", "TN"], 249),
  lane(["Atlanta", "GA"], ["Jacksonville", "FL"], 346),
  lane(["Atlanta", "GA"], ["Chicago", "IL"], 717),
  lane(["Savannah", "GA"], ["Atlanta", "GA"], 248),
  lane(["Charlotte", "NC"], ["Atlanta", "GA"], 245),
  lane(["Nashville", "TN"], ["Chicago", "IL"], 474),
  lane(["Chicago", "IL"], ["Dallas", "TX"], 967),
  lane(["Chicago", "IL"], ["Atlanta", "GA"], 716),
  lane(["Chicago", "IL"], ["Columbus", "OH"], 355),
  lane(["Chicago", "IL"], ["St. Louis", "MO"], 297),
  lane(["Joliet", "IL"], ["Kansas City", "MO"], 505),
  lane(["Joliet", "IL"], ["Louisville", "KY"], 306),
  lane(["Indianapolis", "IN"], ["Memphis", "TN"], 464),
  lane(["Kansas City", "MO"], ["Dallas", "TX"], 553),
  lane(["St. Louis", "MO"], ["Dallas", "TX"], 632),
  lane(["Columbus", "OH"], ["Chicago", "IL"], 356),
  lane(["Louisville", "KY"], ["Atlanta", "GA"], 420),
];

/** Names of customers, in order of their share of the freight. */
export const customerNames = [
  "Brightwater Foods",
  "Halcyon Home Centers",
  "Prairie State Paper",
  "Norfield Beverage",
  "Cedar & Vale Grocers",
  "Lonestar Building Supply",
  "Delmont Auto Parts",
  "Quarry Ridge Tile",
  "Summit Pet Nutrition",
  "Oakhurst Furniture",
  "Blue Heron Produce",
  "Kestrel Packaging",
  "Tallgrass Dairy",
  "Ridgeline Appliances",
  "Marlow Chemical",
  "Fairmont Plastics",
  "Sterling Steel Products",
  "Harbor Point Imports",
  "Vantage 3PL",
  "Clearfield Farms",
  "Osprey Logistics",
  "Pinnacle Glass",
  "Westbrook Textiles",
  "Juniper Health Supply",
] as const;

export const carrierNames = [
  "Redhawk Transport",
  "Bluestem Carriers",
  "Gulf Plains Trucking",
  "Nolan Brothers Hauling",
  "Tri-River Express",
  "Silver Fox Freight",
  "Mesa Verde Lines",
  "Great Bend Trucking",
  "Kodiak Hauling",
  "Palmetto Carriers",
  "Iron Range Transfer",
  "Cottonwood Express",
] as const;

export const factorNames = ["Capstone Receivables", "Lakeshore Factoring", "Triad Funding"] as const;
